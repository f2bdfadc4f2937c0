use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{SubsecRound as _, TimeDelta};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;
use usher_domain::{
    Timestamp,
    port::{SignedToken, TokenRequest, TokenSigner},
};

use super::{
    ClaimNames, IssuerFault, IssuerSettings, IssuerSettingsError, KeySource, claims::LATEST_TIME,
    compact::same_type,
};

/// The header of Landscape's sample token, character for character. The library would write its members in another order.
const HEADER: &[u8] = br#"{"alg":"HS256","typ":"JWT"}"#;

/// Signs Usher's own tokens with HS256 and the current shared secret. The claims are Landscape's (its API reference, "Token").
pub struct TokenIssuer {
    key: EncodingKey,
    issuer: Option<String>,
    audience: Option<String>,
}

impl TokenIssuer {
    /// Takes the settings with which a [`JwtVerifier`](crate::JwtVerifier) accepts the tokens. They must have shared secrets,
    /// Landscape's claim names and the token type `JWT`.
    pub fn new(settings: &IssuerSettings) -> Result<Self, IssuerSettingsError> {
        let issuer = settings.issuer.clone();
        let invalid =
            |fault| IssuerSettingsError::Issuer { issuer: issuer.clone().unwrap_or_default(), fault };
        let KeySource::SharedSecrets(secrets) = &settings.keys else {
            return Err(invalid(IssuerFault::NoSharedSecrets));
        };
        let typed = settings.token_types.iter().any(|accepted| same_type(accepted, "JWT"));
        if !typed || settings.claims != ClaimNames::default() {
            return Err(invalid(IssuerFault::NotUsherFormat));
        }
        let key = EncodingKey::from_secret(secrets.current().octets());
        Ok(Self { key, audience: settings.audiences.first().cloned(), issuer })
    }

    fn claims(&self, request: &TokenRequest<'_>, now: Timestamp, expires_at: Timestamp) -> Value {
        let claims = [
            ("exp", Some(Value::from(expires_at.timestamp()))),
            ("iat", Some(Value::from(now.timestamp()))),
            // The domain as A-labels: a domain as typed may contain characters that IDNA ignores, and that no check has seen.
            ("sub", Some(Value::from(request.email.envelope()))),
            ("acc", request.account.map(|account| Value::from(account.as_str()))),
            ("id", Some(Value::from(request.person_id.get()))),
            // Left out rather than `false`: `JwtVerifier` rejects every value but `true`.
            ("email_verified", request.email_verified.then_some(Value::Bool(true))),
            ("iss", self.issuer.as_deref().map(Value::from)),
            ("aud", self.audience.as_deref().map(Value::from)),
        ];
        claims.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// Times are whole seconds, rounded down. A negative lifetime counts as zero, and no token outlives the year 9999.
impl TokenSigner for TokenIssuer {
    fn sign(&self, request: &TokenRequest<'_>, now: Timestamp) -> SignedToken {
        let lifetime = request.lifetime.max(TimeDelta::zero());
        let expires_at =
            now.checked_add_signed(lifetime).unwrap_or(LATEST_TIME).min(LATEST_TIME).trunc_subsecs(0);
        let claims = self.claims(request, now, expires_at).to_string();
        let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
        let Ok(signature) = crypto::sign(input.as_bytes(), &self.key, Algorithm::HS256) else {
            unreachable!("only keys of other types cannot sign with HS256");
        };
        SignedToken::new(format!("{input}.{signature}"), expires_at)
    }
}

impl fmt::Debug for TokenIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIssuer").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
