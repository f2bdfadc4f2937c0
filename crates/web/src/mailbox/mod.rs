//! The mailbox of development mode: mails that were kept instead of sent, in a browser.
//!
//! It shows working links without any login. So it exists in development mode only, where the server listens on a loopback
//! address, and it rejects requests with a `Host` other than this machine's.

mod handlers;
mod host;
mod html_part;
mod kept_mails;
mod mail;
mod pages;
mod text_part;

use std::sync::Arc;

use actix_web::{
    Error, HttpResponse, Route,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::{Next, from_fn},
    web::{Data, ServiceConfig, scope},
};
pub use kept_mails::{KeptMails, KeptMailsError};
use usher_http_kit::endpoint::{Endpoint, mount};

/// The path of the mailbox.
pub const PREFIX: &str = "/dev/mailbox";

/// Every endpoint of the mailbox, with paths below [`PREFIX`].
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(Method::GET, "", handlers::list),
        Endpoint::new(Method::GET, "/", handlers::list),
        Endpoint::new(Method::GET, "/{name}", handlers::mail),
        Endpoint::new(Method::GET, "/{name}/html", handlers::html_part),
    ]
}

/// Registers the [`endpoints`]. For development mode only.
pub fn configure_mailbox(config: &mut ServiceConfig, mails: Arc<dyn KeptMails>) {
    config.service(
        scope(PREFIX)
            .app_data(Data::from(mails))
            .wrap(from_fn(reject_other_hosts))
            .configure(|config| mount(config, endpoints(), || Route::new().to(method_not_allowed)))
            .default_service(Route::new().to(no_such_mail)),
    );
}

async fn reject_other_hosts(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if host::is_this_machine(request.request()) {
        next.call(request).await
    } else {
        Ok(request.into_response(HttpResponse::from(pages::other_host())))
    }
}

async fn method_not_allowed() -> HttpResponse {
    pages::method_not_allowed().into()
}

async fn no_such_mail() -> HttpResponse {
    pages::no_such_mail().into()
}
