//! The page behind the link of an invitation mail: show, accept, decline, take a decline back, stop invitations. It works without JavaScript and cookies, and loads
//! nothing from other hosts.
//!
//! The key in the link is the only credential. Each form sends it back, and the use case checks every POST again.
//! Without the key, every link gets the same page in the same time: the key is checked before the rest of a request.
//!
//! Accepting and declining take the same path as in the APIs: see [`accept`] and [`decline`]. A request may carry the
//! header `Idempotency-Key`; the forms carry no key of their own, because a link works only once anyway: when a form is
//! sent a second time, its link has already been used.

mod accept;
mod accept_errors;
mod decline;
mod ended;
mod failure;
mod form;
mod form_error;
mod handlers;
mod invitation_page;
mod labels;
mod link;
mod mails;
mod mails_form;
mod notice;
mod open_link;
mod page_request;
mod receipt;
mod reopen;
mod repeat;
mod result_pages;
mod sent_form;
mod settings;
mod sign_in;

use actix_web::{
    HttpResponse, Route,
    http::Method,
    web::{Data, ServiceConfig},
};
pub use settings::PageSettings;
use usher_http_kit::{
    endpoint::{Endpoint, mount},
    link_lookups::TooManyLookups,
};

use crate::page::stylesheet;

/// The paths of links. The second and third are links that a mail program cut off: they get the page that explains it.
const PATHS: [&str; 3] = ["/accept-invitation/{secure_id}", "/accept-invitation/", "/accept-invitation"];

/// Every endpoint of the pages except those of the development mailbox. All are public: the key in the link is the
/// credential.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let pages = PATHS.into_iter().flat_map(|path| {
        [
            Endpoint::new(Method::GET, path, handlers::show).looks_up_link(too_many_lookups),
            Endpoint::new(Method::POST, path, handlers::submit).looks_up_link(too_many_lookups),
        ]
    });
    let assets = [Endpoint::new(Method::GET, stylesheet::PATH, stylesheet::get)];
    pages.chain(assets).collect()
}

/// Registers the [`endpoints`].
pub fn configure(config: &mut ServiceConfig, settings: PageSettings) {
    config.app_data(Data::new(settings));
    mount(config, endpoints(), || Route::new().to(method_not_allowed));
}

fn too_many_lookups(error: TooManyLookups) -> HttpResponse {
    failure::too_many_lookups(error).into()
}

async fn method_not_allowed() -> HttpResponse {
    failure::method_not_allowed().into()
}
