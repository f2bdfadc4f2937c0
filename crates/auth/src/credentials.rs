use usher_domain::{
    Timestamp,
    port::{AuthenticateFuture, Authenticator, TokenError},
    principal::Credential,
};

use crate::{JwtVerifier, access_token_digest};

/// Verifies bearer tokens: access tokens and JWTs. Logs each rejected JWT at debug level, with its code and reason.
#[derive(Debug)]
pub struct CredentialVerifier {
    jwts: JwtVerifier,
}

impl CredentialVerifier {
    /// Verifies JWTs with `jwts`.
    #[must_use]
    pub const fn new(jwts: JwtVerifier) -> Self {
        Self { jwts }
    }

    async fn verify(&self, token: &str, now: Timestamp) -> Result<Credential, TokenError> {
        if let Some(digest) = access_token_digest(token) {
            return Ok(Credential::AccessToken(digest));
        }
        let verified = self.jwts.verify(token, now).await;
        verified.map(Credential::Principal).map_err(TokenError::from).inspect_err(log_rejection)
    }
}

impl Authenticator for CredentialVerifier {
    fn authenticate<'a>(&'a self, token: &'a str, now: Timestamp) -> AuthenticateFuture<'a> {
        Box::pin(self.verify(token, now))
    }
}

fn log_rejection(error: &TokenError) {
    let code = error.code();
    let reason = match error {
        TokenError::Invalid { reason, .. } => reason,
        TokenError::Expired | TokenError::EmailNotVerified | TokenError::KeysUnavailable => code,
    };
    tracing::debug!(code, reason, "token rejected");
}
