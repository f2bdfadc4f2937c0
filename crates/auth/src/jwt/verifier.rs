use std::{fmt, sync::Arc};

use usher_domain::{Timestamp, port::Clock, principal::Principal};

use super::{
    InvalidToken, IssuerSettings, IssuerSettingsError, JwtError,
    claims::{check_audience, check_times, issued_at},
    compact::CompactToken,
    identity::principal,
    object::JsonObject,
    trusted::TrustedIssuer,
};

/// Verifies JWTs of the configured issuers.
pub struct JwtVerifier {
    issuers: Vec<TrustedIssuer>,
}

impl JwtVerifier {
    /// Validates the settings. Key sets are fetched when a token first needs them; `clock` measures their age.
    pub fn new(issuers: Vec<IssuerSettings>, clock: &Arc<dyn Clock>) -> Result<Self, IssuerSettingsError> {
        if issuers.is_empty() {
            return Err(IssuerSettingsError::NoIssuer);
        }
        let mut trusted: Vec<TrustedIssuer> = Vec::new();
        for settings in issuers {
            if trusted.iter().any(|other| other.issuer == settings.issuer) {
                return Err(IssuerSettingsError::DuplicateIssuer);
            }
            let issuer = settings.issuer.clone().unwrap_or_default();
            let validated = TrustedIssuer::new(settings, clock)
                .map_err(|fault| IssuerSettingsError::Issuer { issuer, fault })?;
            trusted.push(validated);
        }
        Ok(Self { issuers: trusted })
    }

    /// The principal that the token proves at `now`.
    ///
    /// Waits for at most one fetch of the issuer's keys (5 s), which needs a Tokio runtime. Dropping the future does
    /// not cancel the fetch.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Principal, JwtError> {
        let token = CompactToken::parse(token)?;
        let issuer = self.issuer_of(&token.claims)?;
        issuer.check_type(token.header.typ.as_deref())?;
        issuer.check_signature(&token).await?;
        check_times(&token.claims, issuer.leeway, now)?;
        check_audience(&token.claims, issuer.audience.as_deref())?;
        let issued_at = issued_at(&token.claims)?;
        Ok(Principal { issued_at, ..principal(&token.claims, &issuer.claims)? })
    }

    /// Selects the settings by the unverified `iss`. This is safe, because only that issuer's keys can then verify the
    /// signature (RFC 8725, 3.8).
    fn issuer_of(&self, claims: &JsonObject) -> Result<&TrustedIssuer, InvalidToken> {
        let claimed = claims.text("iss")?;
        let named = |name| self.issuers.iter().find(|trusted| trusted.issuer.as_deref() == name);
        claimed.and_then(|_| named(claimed)).or_else(|| named(None)).ok_or(InvalidToken::Issuer)
    }
}

impl fmt::Debug for JwtVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let issuers: Vec<_> = self.issuers.iter().map(|trusted| trusted.issuer.as_deref()).collect();
        f.debug_struct("JwtVerifier").field("issuers", &issuers).finish_non_exhaustive()
    }
}
