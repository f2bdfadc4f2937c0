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
        let signature = issuer.check_signature(&token).await;
        signature.map_err(|error| self.name_reason(error, issuer, &token))?;
        check_times(&token.claims, issuer.leeway, issuer.max_lifetime, now)?;
        check_audience(&token.claims, &issuer.audience_claim, &issuer.audiences)?;
        let issued_at = issued_at(&token.claims)?;
        let principal = principal(&token.claims, &issuer.claims, issuer.email_trust)?;
        Ok(Principal { issued_at, ..issuer.binding.apply(principal)? })
    }

    /// The settings without `iss` apply to tokens of every issuer that is not configured. That they do not verify such a token
    /// is not the reason for its rejection; that its issuer is not configured is.
    fn name_reason(&self, error: JwtError, issuer: &TrustedIssuer, token: &CompactToken<'_>) -> JwtError {
        let asymmetric = token.header.algorithm.is_asymmetric();
        match (error, token.claims.get("iss")) {
            (error, _) if issuer.issuer.is_some() => error,
            (
                JwtError::Invalid(InvalidToken::Algorithm | InvalidToken::Key | InvalidToken::Signature),
                Some(_),
            ) => InvalidToken::Issuer.into(),
            (JwtError::Invalid(InvalidToken::Algorithm), None) if asymmetric && self.issuers.len() > 1 => {
                InvalidToken::missing("iss").into()
            }
            (error, _) => error,
        }
    }

    /// Selects the settings by the unverified `iss`. This is safe, because only that issuer's keys can then verify the
    /// signature (RFC 8725, 3.8).
    fn issuer_of(&self, claims: &JsonObject) -> Result<&TrustedIssuer, InvalidToken> {
        let claimed = claims.text("iss")?;
        let named = |name| self.issuers.iter().find(|trusted| trusted.issuer.as_deref() == name);
        let reason = || if claimed.is_some() { InvalidToken::Issuer } else { InvalidToken::missing("iss") };
        claimed.and_then(|_| named(claimed)).or_else(|| named(None)).ok_or_else(reason)
    }
}

impl fmt::Debug for JwtVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let issuers: Vec<_> = self.issuers.iter().map(|trusted| trusted.issuer.as_deref()).collect();
        f.debug_struct("JwtVerifier").field("issuers", &issuers).finish_non_exhaustive()
    }
}
