//! Canonical Landscape's dialect: `/api/v2/…`, spoken so that its own clients work unmodified.
//!
//! What Landscape's public sources leave open, and how it is decided here, stands in `docs/api/landscape.md`.

mod acceptance;
mod error;
mod invitations;
mod list;
mod login;
mod request;

use actix_web::{
    HttpResponse, Route,
    http::{
        Method,
        header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::DefaultHeaders,
    web::{self, ServiceConfig},
};

pub use error::Problem;

use super::endpoint::{Endpoint, mount};

/// Where the dialect hangs.
pub const PREFIX: &str = "/api/v2";

/// Every operation of the dialect, with paths below [`PREFIX`].
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(Method::GET, "/invitations", invitations::list),
        Endpoint::new(Method::POST, "/invitations", invitations::create),
        Endpoint::new(Method::GET, "/invitations/{id}", invitations::get),
        Endpoint::new(Method::DELETE, "/invitations/{id}", invitations::delete),
        Endpoint::new(Method::POST, "/invitations/{id}", invitations::resend),
        Endpoint::new(Method::GET, "/invitations/{secure_id}/summary", acceptance::summary),
        Endpoint::new(Method::POST, "/accept-invitation", acceptance::accept),
        Endpoint::new(Method::POST, "/reject-invitation", acceptance::reject),
        Endpoint::new(Method::POST, "/login", login::login),
    ]
}

/// Registers them.
pub fn configure(config: &mut ServiceConfig) {
    let headers =
        DefaultHeaders::new().add((CACHE_CONTROL, "no-store")).add((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    config.service(
        web::scope(PREFIX)
            .wrap(headers)
            .configure(|config| mount(config, endpoints(), || Route::new().to(method_not_allowed)))
            .default_service(Route::new().to(not_found)),
    );
}

async fn not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found("there is no such resource in this API"))
}

async fn method_not_allowed() -> Result<HttpResponse, Problem> {
    Err(Problem::method_not_allowed())
}
