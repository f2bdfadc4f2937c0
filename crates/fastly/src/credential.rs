//! The credential of a request.

use actix_web::{HttpRequest, http::header::HeaderName};
use usher_domain::principal::Credential;
use usher_http_kit::{
    AppState,
    credentials::{self, CredentialError},
};

use crate::error::FastlyProblem;

/// The header that Fastly's clients send their token in.
const FASTLY_KEY: HeaderName = HeaderName::from_static("fastly-key");

/// The credential of the request; a request without one is rejected.
pub(crate) async fn credential(request: &HttpRequest, state: &AppState) -> Result<Credential, FastlyProblem> {
    Ok(presented(request, state).await?)
}

/// The credential of the request, if it has one. A bad credential is still rejected.
pub(crate) async fn optional_credential(
    request: &HttpRequest,
    state: &AppState,
) -> Result<Option<Credential>, FastlyProblem> {
    Ok(credentials::optional(presented(request, state).await)?)
}

/// Reads `Fastly-Key` or `Authorization: Bearer`; either may carry an access token or a JWT. Both may carry the same
/// token, as behind a proxy that copies it; two different ones are rejected, because either could be the intended one. If `Fastly-Key` is present, other schemes of `Authorization` are ignored,
/// because they may be meant for a proxy.
async fn presented(request: &HttpRequest, state: &AppState) -> Result<Credential, CredentialError> {
    let token = match (credentials::single_value(request, &FASTLY_KEY)?, credentials::bearer(request)) {
        (Some(key), Ok(Some(bearer))) if key.trim() != bearer => return Err(CredentialError::Malformed),
        (Some(key), _) => key.trim(),
        (None, bearer) => bearer?.ok_or(CredentialError::Missing)?,
    };
    credentials::authenticate(token, state).await
}
