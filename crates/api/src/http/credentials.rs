//! From the `Authorization` header to a principal.

use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use usher_auth::TokenError;
use usher_domain::principal::Principal;

use super::state::AppState;

/// Why a request has no principal.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// No `Authorization` header.
    #[error("send a token as `Authorization: Bearer <JWT>`")]
    Missing,
    /// Not exactly one header of the scheme `Bearer`.
    #[error("the Authorization header must be `Bearer <JWT>`")]
    Malformed,
    /// The token is not accepted.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// The principal of the bearer token, or why there is none.
pub async fn principal(request: &HttpRequest, state: &AppState) -> Result<Principal, CredentialError> {
    let token = bearer(request)?.ok_or(CredentialError::Missing)?;
    let verified = state.verifier.verify(token, state.gate.env().now()).await;
    verified.map_err(|error| {
        let reason = match &error {
            TokenError::Invalid(invalid) => invalid.code(),
            TokenError::Expired | TokenError::EmailNotVerified | TokenError::KeysUnavailable => error.code(),
        };
        tracing::debug!(code = error.code(), reason, "token refused");
        error.into()
    })
}

/// The principal if a token was sent at all; a bad token is still refused.
pub async fn optional_principal(
    request: &HttpRequest,
    state: &AppState,
) -> Result<Option<Principal>, CredentialError> {
    match principal(request, state).await {
        Err(CredentialError::Missing) => Ok(None),
        other => other.map(Some),
    }
}

/// RFC 6750, section 2.1; the scheme's name in any case (RFC 9110, section 11.1).
fn bearer(request: &HttpRequest) -> Result<Option<&str>, CredentialError> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let Some(header) = headers.next() else { return Ok(None) };
    if headers.next().is_some() {
        return Err(CredentialError::Malformed);
    }
    let text = header.to_str().map_err(|_| CredentialError::Malformed)?;
    let (scheme, token) = text.trim().split_once(' ').ok_or(CredentialError::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(CredentialError::Malformed);
    }
    Ok(Some(token.trim()))
}
