//! The edge for Canonical Landscape's dialect, `/api/v2/…`: Landscape's own clients work with it unmodified.
//!
//! What belongs here: the dialect's paths, bodies, statuses and codes. `docs/api/landscape.md` says what Landscape's public
//! sources leave open, and how Usher decides it.
//!
//! To add an operation: its bodies in `requests` and `responses`, a handler with its description, a line in [`endpoints`] and one
//! in `openapi`, and a row in the authorization matrix of the tests.

mod acceptance;
mod error;
mod error_responses;
mod http;
mod invitations;
mod list;
mod login;
mod openapi;
mod page;
mod prefix;
mod requests;
mod responses;
mod settings;

use actix_web::{
    HttpResponse, Route,
    http::{
        Method,
        header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::DefaultHeaders,
    web::{self, ServiceConfig},
};
use usher_http_kit::endpoint::{Endpoint, mount};

use error::Problem;
pub use openapi::openapi;
pub use prefix::PREFIX;
pub use settings::LandscapeSettings;

/// Every operation of the dialect, with paths below [`PREFIX`].
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(Method::GET, "/invitations", invitations::read::list),
        Endpoint::new(Method::POST, "/invitations", invitations::write::create),
        Endpoint::new(Method::GET, "/invitations/{id}", invitations::read::get),
        Endpoint::new(Method::DELETE, "/invitations/{id}", invitations::write::delete),
        Endpoint::new(Method::POST, "/invitations/{id}", invitations::write::resend),
        Endpoint::new(Method::GET, "/invitations/{secure_id}/summary", acceptance::summary),
        Endpoint::new(Method::POST, "/accept-invitation", acceptance::accept),
        Endpoint::new(Method::POST, "/reject-invitation", acceptance::reject),
        Endpoint::new(Method::POST, "/login", login::login),
    ]
}

/// Registers the operations. The server has [`usher_http_kit::AppState`] among its data.
pub fn configure(config: &mut ServiceConfig, settings: LandscapeSettings) {
    let headers =
        DefaultHeaders::new().add((CACHE_CONTROL, "no-store")).add((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    config.service(
        web::scope(PREFIX)
            .wrap(headers)
            .app_data(web::Data::new(settings))
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
