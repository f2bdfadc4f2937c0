//! Fastly's dialect: `/invitations` and what its clients call besides, JSON:API at the root, spoken so that Fastly's own
//! clients work unmodified.
//!
//! A handler makes of a request a command for a use case, and of what comes back a [`Document`] or a [`Collection`] of a
//! [`Resource`], or a [`Problem`]. What Fastly's sources leave open, and how it is decided here, stands in
//! `docs/api/fastly.md`.
//!
//! To add a resource: a type that implements [`Resource`]. To add an attribute: the field of its attributes, and in
//! [`request::shape`] too when callers send it; a test fails until the reader reads it. To add an operation: a handler with
//! its description for OpenAPI, its lines in [`endpoints`] and in `openapi.rs`.

mod acceptance;
mod answer;
mod authorization;
mod credential;
mod derived;
mod error;
mod invitation;
mod invitations;
mod openapi;
mod page;
mod people;
mod permission;
pub mod request;
mod resource;
mod role;
#[cfg(test)]
mod samples;
mod user;

use actix_web::{
    HttpResponse, Route,
    http::Method,
    web::{ServiceConfig, resource},
};

pub use authorization::{
    ServiceAuthorization, ServiceAuthorizationAttributes, ServiceAuthorizationCollection,
    ServiceAuthorizationRelationships,
};
pub use error::{ErrorBody, Problem};
pub use invitation::{
    Invitation, InvitationAttributes, InvitationCollection, InvitationDocument, InvitationRelationships,
};
pub use openapi::Description;
pub use page::{Links, Meta, PageRequest, Paging};
pub use permission::Permission;
pub use resource::{Collection, Document, Identifier, Object, Resource, ToMany, ToOne};
pub use role::{Role, stored_names};
pub use user::CurrentUser;

use super::endpoint::{Endpoint, mount};

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

/// Registers them.
pub fn configure(config: &mut ServiceConfig) {
    mount(config, endpoints(), || Route::new().to(method_not_allowed));
    config.service(resource(BELOW).to(not_found));
}

async fn not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found("there is no such resource in this API"))
}

async fn method_not_allowed() -> Result<HttpResponse, Problem> {
    Err(Problem::method_not_allowed())
}
