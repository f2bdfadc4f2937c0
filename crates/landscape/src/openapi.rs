//! The dialect as an OpenAPI document, made from its types and handlers.

use usher_http_kit::openapi::{IdempotencyKeys, StatusHeaders};
use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{acceptance, error::ErrorResponse, invitations, login};

/// OpenAPI 3.1 of every operation of the dialect.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Usher: Landscape's dialect",
        description = "Invitations as Landscape's clients speak them. Errors are `{\"error\", \"message\", \"detail\"}`. A body's \
                       declared type is ignored unless the server demands `application/json`. Methods other than these are \
                       405 with the header `Allow`. A write with an `Idempotency-Key` can be repeated without being done again.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        invitations::read::list,
        invitations::write::create,
        invitations::read::get,
        invitations::write::delete,
        invitations::write::resend,
        acceptance::summary,
        acceptance::accept,
        acceptance::reject,
        login::login
    ),
    security(("bearer" = [])),
    modifiers(&Bearer, &StatusHeaders, &IdempotencyKeys)
)]
struct Description;

/// Responses of every operation.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes responses")]
pub(crate) enum Failed {
    /// `InternalServerError`: a defect in Usher. Quote the `X-Request-Id`.
    #[response(status = 500)]
    Defect(ErrorResponse),
    /// `ServiceUnavailable`: repeat the request after `Retry-After`. Nothing is done twice.
    #[response(status = 503)]
    Unavailable(ErrorResponse),
}

/// The response of every operation with a token.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes responses")]
pub(crate) enum Unidentified {
    /// `Unauthorized`: no valid token.
    #[response(status = 401)]
    Unauthorized(ErrorResponse),
}

/// Responses of every operation with a body.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes responses")]
pub(crate) enum RejectedBody {
    /// `RequestTimeout`: the body did not arrive in time.
    #[response(status = 408)]
    TimedOut(ErrorResponse),
    /// `PayloadTooLarge`: the body is larger than 64 KiB.
    #[response(status = 413)]
    TooLarge(ErrorResponse),
    /// `UnsupportedMediaType`: the server demands `Content-Type: application/json`.
    #[response(status = 415)]
    UnsupportedMediaType(ErrorResponse),
}

/// Responses of every write.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes responses")]
pub(crate) enum RejectedWrite {
    /// `IdempotencyKeyReused`: the key was used with another request.
    #[response(status = 422)]
    KeyReused(ErrorResponse),
    /// `TooManyRequests`: a limit is reached. Repeat the request after `Retry-After`.
    #[response(status = 429)]
    TooMany(ErrorResponse),
}

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let description = "An access token (`usher access-token create`), or a JWT from `POST /login`, `usher token issue` or a \
                           trusted issuer";
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}
