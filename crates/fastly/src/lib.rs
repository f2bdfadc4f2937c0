//! Fastly's dialect: `/invitations` and what its clients call besides, JSON:API at the root, spoken so that Fastly's own
//! clients work unmodified.
//!
//! A handler makes of a request a command for a use case, and of what comes back a [`Document`] or a [`Collection`] of a
//! [`Resource`], or a [`FastlyProblem`]. What Fastly's sources leave open, and how it is decided here, stands in
//! `docs/api/fastly.md`.
//!
//! To add a resource: a type that implements [`Resource`]. To add an attribute: the field of its attributes, and in
//! [`request::shape`] too when callers send it; a test fails until the reader reads it. To add an operation: a handler with
//! its description for OpenAPI, its lines in [`endpoints`] and in `openapi.rs`.

mod acceptance;
mod answer;
mod authorization;
#[cfg(test)]
mod contract_tests;
mod credential;
mod derived;
mod error;
mod invitation;
mod invitations;
mod openapi;
mod page;
mod people;
mod permission;
mod request;
mod resource;
mod role;
#[cfg(test)]
mod samples;
mod user;

use actix_web::{
    HttpResponse, Route,
    http::Method,
    web::{Data, ServiceConfig, resource},
};
use chrono::TimeDelta;
use usher_http_kit::endpoint::{Endpoint, mount};

use error::FastlyProblem;
pub use openapi::Description;

/// The settings of the dialect.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long an invitation is valid after its creation.
    pub validity: TimeDelta,
}

/// Every operation of the dialect.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(Method::GET, "/invitations", invitations::list),
        Endpoint::new(Method::POST, "/invitations", invitations::create),
        Endpoint::new(Method::DELETE, "/invitations/{invitation_id}", invitations::delete),
        Endpoint::new(Method::PUT, "/invitation/accept/{code}", acceptance::accept),
        Endpoint::new(Method::GET, "/current_user", people::current_user),
        Endpoint::new(Method::GET, "/service-authorizations", people::service_authorizations),
    ]
}

/// What lies below the paths of the dialect and is none of them: clients that forget an id come here.
const BELOW: [&str; 4] = [
    "/invitations/{rest:.*}",
    "/invitation/{rest:.*}",
    "/current_user/{rest:.*}",
    "/service-authorizations/{rest:.*}",
];

/// Registers the operations. The handlers also need [`usher_http_kit::AppState`] as app data.
pub fn configure(config: &mut ServiceConfig, settings: Settings) {
    config.app_data(Data::new(settings));
    mount(config, endpoints(), || Route::new().to(method_not_allowed));
    config.service(resource(BELOW).to(not_found));
}

async fn not_found() -> Result<HttpResponse, FastlyProblem> {
    Err(FastlyProblem::not_found("there is no such resource in this API"))
}

async fn method_not_allowed() -> Result<HttpResponse, FastlyProblem> {
    Err(FastlyProblem::method_not_allowed())
}
