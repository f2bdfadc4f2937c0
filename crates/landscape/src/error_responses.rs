//! Error responses that several operations share, for their OpenAPI descriptions.

use utoipa::IntoResponses;

use crate::error::ErrorResponse;

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

/// The rejections that every write can return.
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
