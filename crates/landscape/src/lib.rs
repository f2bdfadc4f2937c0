//! The edge for Canonical Landscape's dialect, `/api/v2/…`. Landscape's own clients work with it unmodified.
//!
//! What belongs here: the dialect's paths, bodies, statuses and codes. `docs/api/landscape.md` describes the decisions that
//! Landscape's public sources leave open.
//!
//! To add an operation, add its bodies to `requests` and `responses`, a handler with its description, a line to [`endpoints`] and
//! to `openapi`, and a row to the authorization matrix of the tests.

mod acceptance;
mod error;
mod error_responses;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
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
    HttpResponse, ResponseError as _, Route,
    http::{
        Method,
        header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::DefaultHeaders,
    web::{self, ServiceConfig},
};
use usher_http_kit::{
    endpoint::{Endpoint, mount},
    link_lookups::TooManyLookups,
};

use error::Problem;
pub use openapi::openapi;
pub use prefix::PREFIX;
pub use settings::LandscapeSettings;

/// Returns all operations of the dialect. Their paths are relative to [`PREFIX`].
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(Method::GET, "/invitations", invitations::read::list),
        Endpoint::new(Method::POST, "/invitations", invitations::write::create),
        Endpoint::new(Method::GET, "/invitations/{id}", invitations::read::get),
        Endpoint::new(Method::DELETE, "/invitations/{id}", invitations::write::delete),
        Endpoint::new(Method::POST, "/invitations/{id}", invitations::write::resend),
        Endpoint::new(Method::GET, "/invitations/{secure_id}/summary", acceptance::summary)
            .looks_up_link(too_many_lookups),
        Endpoint::new(Method::POST, "/accept-invitation", acceptance::accept).looks_up_link(too_many_lookups),
        Endpoint::new(Method::POST, "/reject-invitation", acceptance::reject).looks_up_link(too_many_lookups),
        Endpoint::new(Method::POST, "/login", login::login),
    ]
}

/// Registers the operations. Their handlers need [`usher_http_kit::AppState`] as app data.
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

fn too_many_lookups(error: TooManyLookups) -> HttpResponse {
    Problem::from(error).error_response()
}

async fn not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found("there is no such resource in this API"))
}

async fn method_not_allowed() -> Result<HttpResponse, Problem> {
    Err(Problem::method_not_allowed())
}
