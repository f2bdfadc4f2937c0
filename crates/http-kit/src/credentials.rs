//! Credentials of requests.

use actix_web::{
    HttpRequest,
    http::header::{AUTHORIZATION, HeaderName},
};
use usher_domain::{
    port::TokenError,
    principal::{Credential, Principal},
};

use crate::state::AppState;

/// Why a request has no credential.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// Nothing was presented.
    #[error("send a token as `Authorization: Bearer <token>`")]
    Missing,
    /// Not exactly one token, or not in the form of its header.
    #[error("the Authorization header must be `Bearer <token>`, and there must be one only")]
    Malformed,
    /// The token is not accepted.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// An access token where a person has to be known for other accounts than the token's.
    #[error("an access token works inside its account only; use a login's token here")]
    OnlyForAccount,
}

/// The credential of the bearer token, or why there is none.
pub async fn bearer_credential(
    request: &HttpRequest,
    state: &AppState,
) -> Result<Credential, CredentialError> {
    let token = bearer(request)?.ok_or(CredentialError::Missing)?;
    credential(token, state).await
}

/// What a presented token proves.
pub async fn credential(token: &str, state: &AppState) -> Result<Credential, CredentialError> {
    Ok(state.app.sessions().authenticate(token).await?)
}

/// The principal behind a credential, for what is not done inside of one account.
pub fn principal(credential: Credential) -> Result<Principal, CredentialError> {
    match credential {
        Credential::Principal(principal) => Ok(principal),
        Credential::AccessToken(_) => Err(CredentialError::OnlyForAccount),
    }
}

/// The credential if one was presented at all; a bad one is still refused.
pub fn optional(
    credential: Result<Credential, CredentialError>,
) -> Result<Option<Credential>, CredentialError> {
    match credential {
        Err(CredentialError::Missing) => Ok(None),
        other => other.map(Some),
    }
}

/// The token of the `Authorization` header, if it is there. RFC 6750, section 2.1; the scheme's name in any case
/// (RFC 9110, section 11.1).
pub fn bearer(request: &HttpRequest) -> Result<Option<&str>, CredentialError> {
    let Some(text) = only(request, &AUTHORIZATION)? else { return Ok(None) };
    let (scheme, token) = text.trim().split_once(' ').ok_or(CredentialError::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(CredentialError::Malformed);
    }
    Ok(Some(token.trim()))
}

/// The value of a header that may be there once.
pub fn only<'r>(request: &'r HttpRequest, name: &HeaderName) -> Result<Option<&'r str>, CredentialError> {
    let mut values = request.headers().get_all(name);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(CredentialError::Malformed);
    }
    value.to_str().map(Some).map_err(|_| CredentialError::Malformed)
}
