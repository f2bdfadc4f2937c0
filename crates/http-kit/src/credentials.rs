//! The tokens of requests, and the credentials that they stand for.

use actix_web::{
    HttpRequest,
    http::header::{AUTHORIZATION, HeaderName},
};
use usher_app::{Query, Rejection, RequestContext, telemetry::security};
use usher_domain::{
    port::TokenError,
    principal::{Credential, Principal},
    usecase::resolve::ResolveError,
};

use crate::state::AppState;

/// The reason why a request has no valid credential.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The request has no token.
    #[error("send a token as `Authorization: Bearer <token>`")]
    Missing,
    /// The request has several tokens, or a header that does not have the form of a token.
    #[error("the Authorization header must be `Bearer <token>`, and there must be one only")]
    Malformed,
    /// The token is not valid.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The operation is not limited to one account, but an access token is.
    #[error("an access token works inside its account only; use a login's token here")]
    OnlyForAccount,
    /// The access token is not valid, or could not be looked up.
    #[error(transparent)]
    AccessToken(ResolveError),
}

/// Returns the credential of the bearer token.
pub async fn bearer_credential(
    request: &HttpRequest,
    state: &AppState,
) -> Result<Credential, CredentialError> {
    let token = bearer(request)?.ok_or(CredentialError::Missing)?;
    authenticate(token, state).await
}

/// Verifies a token and returns its credential. A refusal is logged as a security event.
pub async fn authenticate(token: &str, state: &AppState) -> Result<Credential, CredentialError> {
    let credential = state.app.sessions().authenticate(token).await;
    Ok(credential.inspect_err(security::token_refused)?)
}

/// Returns the principal of a credential, for operations that are not limited to one account. Access tokens are rejected. An
/// access token that is not valid has its own error, as for other operations.
pub async fn principal(
    credential: Credential,
    context: &RequestContext,
    state: &AppState,
) -> Result<Principal, CredentialError> {
    let credential = match credential {
        Credential::Principal(principal) => return Ok(principal),
        token @ Credential::AccessToken(_) => token,
    };
    let holder = Query { context: context.clone(), credential, query: Some(()) };
    Err(match state.app.sessions().caller(holder).await {
        Err(Rejection::Caller(error @ (ResolveError::InvalidToken | ResolveError::Store(_)))) => {
            CredentialError::AccessToken(error)
        }
        _ => CredentialError::OnlyForAccount,
    })
}

/// Returns `None` for a request without a token. An invalid token is still an error.
pub fn optional(
    credential: Result<Credential, CredentialError>,
) -> Result<Option<Credential>, CredentialError> {
    match credential {
        Err(CredentialError::Missing) => Ok(None),
        other => other.map(Some),
    }
}

/// Returns the token of the header `Authorization` (RFC 6750, section 2.1), or `None` without the header. The scheme's name is
/// case-insensitive (RFC 9110, section 11.1).
pub fn bearer(request: &HttpRequest) -> Result<Option<&str>, CredentialError> {
    let Some(text) = single_value(request, &AUTHORIZATION)? else { return Ok(None) };
    let (scheme, token) = text.trim().split_once(' ').ok_or(CredentialError::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(CredentialError::Malformed);
    }
    Ok(Some(token.trim()))
}

/// Returns the value of a header, or `None` without the header. A repeated header is an error.
pub fn single_value<'r>(
    request: &'r HttpRequest,
    name: &HeaderName,
) -> Result<Option<&'r str>, CredentialError> {
    let mut values = request.headers().get_all(name);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(CredentialError::Malformed);
    }
    value.to_str().map(Some).map_err(|_| CredentialError::Malformed)
}
