//! The dialect as an OpenAPI document, made of the types that speak it.

use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::{acceptance, error::ErrorBody, invitations, people};

/// What every operation of a caller can be answered.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "a description, never a value")]
pub(super) enum Refused {
    /// No token, or not a good one.
    #[response(status = 401)]
    Unauthorized(ErrorBody),
    /// Busy: try again after `Retry-After`.
    #[response(status = 503)]
    Unavailable(ErrorBody),
}

/// What every write of a caller can be answered.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "a description, never a value")]
pub(super) enum RefusedWrite {
    /// No token, or not a good one.
    #[response(status = 401)]
    Unauthorized(ErrorBody),
    /// The write limit of the hour is reached: try again after `Retry-After`.
    #[response(status = 429)]
    TooMany(ErrorBody),
    /// Busy: try again after `Retry-After`, nothing is done twice.
    #[response(status = 503)]
    Unavailable(ErrorBody),
}

/// OpenAPI 3.1 of every operation of the dialect.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Usher: Fastly's dialect",
        description = "Invitations as Fastly's clients speak them. Paths hang off the root. Errors are `{\"msg\", \"detail\"}`; \
                       answers to writes carry `Fastly-RateLimit-Remaining` and `Fastly-RateLimit-Reset` when there is a \
                       write limit.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        invitations::list,
        invitations::create,
        invitations::delete,
        people::current_user,
        people::service_authorizations,
        acceptance::accept
    ),
    security(("fastly_key" = []), ("bearer" = [])),
    modifiers(&Credentials)
)]
pub struct Description;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let key = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
            "Fastly-Key",
            "An access token (`usher access-token create`), or a JWT",
        )));
        let bearer =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("The same tokens")).build();
        components.add_security_scheme("fastly_key", key);
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}
