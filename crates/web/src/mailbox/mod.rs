//! The mailbox of development mode: mails that were kept instead of sent, in a browser.
//!
//! It shows working links to whoever asks, so it is there in development mode only, where the server listens on a
//! loopback address, and it answers only requests that were made to a name of this machine.

mod html;
mod loopback;
mod mail;
mod pages;
mod text;

use actix_web::{
    Error, HttpResponse, Route,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header::ALLOW},
    middleware::{Next, from_fn},
    web::{Data, ServiceConfig, scope},
};
use usher_mailer::MailboxDir;

use super::endpoint::{Endpoint, mount};

/// Where the mailbox is.
pub const PREFIX: &str = "/dev/mailbox";

/// Every operation of the mailbox, with paths below [`PREFIX`].
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(Method::GET, "", pages::list),
        Endpoint::new(Method::GET, "/", pages::list),
        Endpoint::new(Method::GET, "/{id}", pages::mail),
        Endpoint::new(Method::GET, "/{id}/html", pages::html),
    ]
}

/// Registers them over the mails of a folder. Never to be called in `usher serve`.
pub fn configure_mailbox(config: &mut ServiceConfig, mailbox: MailboxDir) {
    config.service(
        scope(PREFIX)
            .app_data(Data::new(mailbox))
            .wrap(from_fn(refuse_strangers))
            .configure(|config| mount(config, endpoints(), || Route::new().to(method_not_allowed)))
            .default_service(Route::new().to(pages::not_found)),
    );
}

async fn refuse_strangers(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if loopback::is_meant(request.request()) {
        next.call(request).await
    } else {
        Ok(request.into_response(HttpResponse::from(pages::not_for_strangers())))
    }
}

async fn method_not_allowed() -> HttpResponse {
    pages::method_not_allowed().with(ALLOW, "GET, HEAD").into()
}
