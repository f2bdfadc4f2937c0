use std::{fmt, sync::Arc};

use usher_domain::{Timestamp, port::Clock, principal::Principal};

use super::{
    InvalidToken, IssuerSettings, JwtError, SettingsError,
    claims::{check_audience, check_times},
    compact::Compact,
    identity::principal,
    object::Object,
    trusted::TrustedIssuer,
};

/// Judges bearer tokens of the configured issuers.
pub struct JwtVerifier {
    issuers: Vec<TrustedIssuer>,
}

impl JwtVerifier {
    /// Checks the settings. The clock tells only how old fetched key sets are: nothing is fetched before the first
    /// token needs it.
    pub fn new(issuers: Vec<IssuerSettings>, clock: &Arc<dyn Clock>) -> Result<Self, SettingsError> {
        if issuers.is_empty() {
            return Err(SettingsError::NoIssuer);
        }
        let mut trusted: Vec<TrustedIssuer> = Vec::new();
        for settings in issuers {
            if trusted.iter().any(|other| other.issuer == settings.issuer) {
                return Err(SettingsError::SameIssuer);
            }
            let issuer = settings.issuer.clone().unwrap_or_default();
            let sound = TrustedIssuer::new(settings, clock)
                .map_err(|fault| SettingsError::Issuer { issuer, fault })?;
            trusted.push(sound);
        }
        Ok(Self { issuers: trusted })
    }

    /// Whom the token speaks for, if it is good at `now`.
    ///
    /// Waits at most for one fetch of the issuer's keys (5 s), and then only on the Tokio runtime. A future that is
    /// dropped while it waits does not end the fetch.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Principal, JwtError> {
        let token = Compact::parse(token)?;
        let issuer = self.issuer_of(&token.claims)?;
        issuer.check_type(token.header.typ.as_deref())?;
        issuer.check_signature(&token).await?;
        check_times(&token.claims, issuer.leeway, now)?;
        check_audience(&token.claims, issuer.audience.as_deref())?;
        principal(&token.claims, &issuer.claims)
    }

    /// Chooses by the issuer that the token claims, before anything is verified. The choice is what makes the claim
    /// true: the signature is checked with that issuer's keys and no other's (RFC 8725, 3.8).
    fn issuer_of(&self, claims: &Object) -> Result<&TrustedIssuer, InvalidToken> {
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
