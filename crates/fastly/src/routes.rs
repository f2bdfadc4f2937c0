//! The operations of the dialect, and their registration.

use actix_web::{
    HttpResponse, ResponseError as _, Route,
    http::Method,
    web::{Data, ServiceConfig, resource},
};
use usher_http_kit::endpoint::{Endpoint, mount};

use crate::{acceptance, caller, error::FastlyProblem, invitations, settings::FastlySettings};

/// Every operation of the dialect.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(Method::GET, "/invitations", invitations::list),
        Endpoint::new(Method::POST, "/invitations", invitations::create),
        Endpoint::new(Method::DELETE, "/invitations/{invitation_id}", invitations::delete),
        Endpoint::new(Method::PUT, "/invitation/accept/{code}", acceptance::accept)
            .looks_up_link(|error| FastlyProblem::from(error).error_response()),
        Endpoint::new(Method::GET, "/current_user", caller::current_user),
        Endpoint::new(Method::GET, "/service-authorizations", caller::service_authorizations),
    ]
}

/// Paths below those of operations that are not operations themselves. Clients that omit an id request them, and expect
/// an error in the form of the dialect.
const UNKNOWN_PATHS: [&str; 4] = [
    "/invitations/{rest:.*}",
    "/invitation/{rest:.*}",
    "/current_user/{rest:.*}",
    "/service-authorizations/{rest:.*}",
];

/// Registers the operations. Their handlers need [`usher_http_kit::AppState`] as app data.
pub fn configure(config: &mut ServiceConfig, settings: FastlySettings) {
    config.app_data(Data::new(settings));
    mount(config, endpoints(), || Route::new().to(method_not_allowed));
    config.service(resource(UNKNOWN_PATHS).to(not_found));
}

async fn not_found() -> Result<HttpResponse, FastlyProblem> {
    Err(FastlyProblem::not_found("there is no such resource in this API"))
}

async fn method_not_allowed() -> Result<HttpResponse, FastlyProblem> {
    Err(FastlyProblem::method_not_allowed())
}
