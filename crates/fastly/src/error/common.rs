//! Errors that many operations share, for the OpenAPI document.

use utoipa::IntoResponses;

use super::ErrorBody;

/// Errors of every operation that needs a token.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the type only describes responses")]
pub(crate) enum CommonErrors {
    /// The token is missing or invalid.
    #[response(status = 401)]
    Unauthorized(ErrorBody),
    /// The service is busy. Repeat the request after `Retry-After`; nothing is done twice.
    #[response(status = 503)]
    Unavailable(ErrorBody),
}

/// Errors of every write that needs a token.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the type only describes responses")]
pub(crate) enum CommonWriteErrors {
    /// The `Idempotency-Key` was used for another request.
    #[response(status = 422)]
    KeyReused(ErrorBody),
    /// The write limit of the hour is reached. Repeat the request after `Retry-After`.
    #[response(status = 429)]
    TooMany(ErrorBody),
}
