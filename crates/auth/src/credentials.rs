use usher_domain::{
    Timestamp,
    port::{AuthenticateFuture, Authenticator, TokenError},
    principal::Credential,
};

use crate::{JwtVerifier, TokenFacts, access_token_digest};

/// Verifies bearer tokens: access tokens and JWTs. Logs each rejected JWT, with the reason and what it says about itself.
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
        verified.map(Credential::Principal).map_err(TokenError::from).inspect_err(|error| log(error, token))
    }
}

impl Authenticator for CredentialVerifier {
    fn authenticate<'a>(&'a self, token: &'a str, now: Timestamp) -> AuthenticateFuture<'a> {
        Box::pin(self.verify(token, now))
    }
}

/// Logs the security event `token refused`. The issuer and the key id come from the token and are not verified; the person is
/// left out. A token that could not be checked was not refused, and the failed fetch has its own line.
fn log(error: &TokenError, token: &str) {
    let reason = match error {
        TokenError::KeysUnavailable { .. } => return,
        TokenError::Invalid { reason, .. } => reason,
        TokenError::Expired | TokenError::EmailNotVerified => error.code(),
    };
    let facts = TokenFacts::read(token);
    let (issuer, kid) = facts.map_or((None, None), |facts| (facts.issuer, facts.kid));
    tracing::info!(target: "usher::security", reason, detail = %error, ?issuer, ?kid, "token refused");
}
