//! The page behind the link of an invitation mail: look, accept, decline. No JavaScript, no cookies, nothing from
//! other hosts.
//!
//! Whoever opens the link holds its key, and the key is the whole credential: it comes back with each form, and every
//! POST is judged again by the use case, whatever the page showed before. Strangers, who have no key, get one and the
//! same page for every link, in the same time: the link is judged before anything else that a request carries.
//!
//! To add a page: a template in `templates/`, its name in `http/page`, a type that serialises what it shows, and a
//! function that makes a `Page` of it. To add a sentence for an end of the road: `message.rs`.

mod accept;
mod answer;
mod decline;
mod ended;
mod form;
mod link;
mod message;
mod mistake;
mod open;
mod visit;
mod words;

use actix_web::{HttpResponse, Route, http::Method, web::ServiceConfig};

use super::{
    endpoint::{Endpoint, mount},
    page::assets,
};

/// Where links lead. The second path is a link that was cut off behind its last slash, the third one before it: they get
/// the page that explains it, too.
const PATHS: [&str; 3] = ["/accept-invitation/{secure_id}", "/accept-invitation/", "/accept-invitation"];

/// Every operation of the pages. All of them are public; what protects them is the key in the link.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let pages = PATHS.into_iter().flat_map(|path| {
        [Endpoint::new(Method::GET, path, answer::look), Endpoint::new(Method::POST, path, answer::answer)]
    });
    let assets = [Endpoint::new(Method::GET, assets::PATH, assets::stylesheet)];
    pages.chain(assets).collect()
}

/// Registers them.
pub fn configure(config: &mut ServiceConfig) {
    mount(config, endpoints(), || Route::new().to(method_not_allowed));
}

async fn method_not_allowed() -> HttpResponse {
    message::method_not_allowed().into()
}
