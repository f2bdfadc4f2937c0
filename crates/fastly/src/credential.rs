use actix_web::{HttpRequest, http::header::HeaderName};
use usher_domain::principal::Credential;

use super::error::Problem;
use crate::http::{
    credentials::{self, CredentialError},
    state::AppState,
};

/// The header that Fastly's clients send their token in.
const FASTLY_KEY: HeaderName = HeaderName::from_static("fastly-key");

/// The credential of the request.
pub(super) async fn credential(request: &HttpRequest, state: &AppState) -> Result<Credential, Problem> {
    Ok(presented(request, state).await?)
}

/// The credential if one was presented at all; a bad one is still refused.
pub(super) async fn optional_credential(
    request: &HttpRequest,
    state: &AppState,
) -> Result<Option<Credential>, Problem> {
    Ok(credentials::optional(presented(request, state).await)?)
}

/// From `Fastly-Key` or `Authorization: Bearer`, an access token or a JWT in either. Two tokens are refused: nobody could
/// tell which was meant. Beside a key, credentials of another scheme are somebody else's, such as a proxy's.
async fn presented(request: &HttpRequest, state: &AppState) -> Result<Credential, CredentialError> {
    let token = match (credentials::only(request, &FASTLY_KEY)?, credentials::bearer(request)) {
        (Some(_), Ok(Some(_))) => return Err(CredentialError::Malformed),
        (Some(key), _) => key.trim(),
        (None, bearer) => bearer?.ok_or(CredentialError::Missing)?,
    };
    credentials::credential(token, state).await
}
