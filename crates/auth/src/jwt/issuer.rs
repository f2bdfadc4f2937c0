use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{SubsecRound as _, TimeDelta};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use usher_domain::{Timestamp, account::AccountName, address::EmailAddress, id::PersonId};

use super::{
    ClaimNames, IssuerFault, IssuerSettings, KeySource, SettingsError, claims::LAST_MOMENT,
    compact::same_type,
};

/// To the character the header of Landscape's sample token.
const HEADER: &[u8] = br#"{"alg":"HS256","typ":"JWT"}"#;

/// What a token is to say.
#[derive(Debug, Clone, Copy)]
pub struct TokenRequest<'a> {
    /// Whom it is for.
    pub email: &'a EmailAddress,
    /// Whether the mailbox was proven. The claim is left out otherwise: a plain `false` would make the token one that
    /// [`JwtVerifier`](crate::JwtVerifier) refuses.
    pub email_verified: bool,
    /// The person's number.
    pub person_id: PersonId,
    /// The account that was chosen, if any.
    pub account: Option<&'a AccountName>,
    /// How long the token is good. The caller bounds it.
    pub lifetime: TimeDelta,
}

/// A signed token: good for everything its person may do, so it does not show in `Debug` output.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    token: SecretString,
    /// When it ends, to the second.
    pub expires_at: Timestamp,
}

impl IssuedToken {
    /// The token, for the answer or the cookie.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.token.expose_secret()
    }
}

/// Makes Usher's own tokens: HS256 with the current shared secret, and Landscape's claims (its API reference, "Token").
pub struct TokenIssuer {
    key: hmac::Key,
    issuer: Option<String>,
    audience: Option<String>,
}

impl TokenIssuer {
    /// Takes the settings by which a [`JwtVerifier`](crate::JwtVerifier) shall accept the tokens: they need shared
    /// secrets, Landscape's claim names and the type `JWT`.
    pub fn new(settings: &IssuerSettings) -> Result<Self, SettingsError> {
        let issuer = settings.issuer.clone();
        let wrong = |fault| SettingsError::Issuer { issuer: issuer.clone().unwrap_or_default(), fault };
        let KeySource::SharedSecrets(secrets) = &settings.keys else {
            return Err(wrong(IssuerFault::NotShared));
        };
        let typed = settings.token_types.iter().any(|accepted| same_type(accepted, "JWT"));
        if !typed || settings.claims != ClaimNames::default() {
            return Err(wrong(IssuerFault::NotOwnShape));
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, secrets.current().octets());
        Ok(Self { key, audience: settings.audience.clone(), issuer })
    }

    /// Signs a token that begins at `now`. Times are whole seconds, cut; a negative lifetime counts as none, and no token
    /// outlives the year 9999.
    #[must_use]
    pub fn issue(&self, request: &TokenRequest<'_>, now: Timestamp) -> IssuedToken {
        let lifetime = request.lifetime.max(TimeDelta::zero());
        let expires_at =
            now.checked_add_signed(lifetime).unwrap_or(LAST_MOMENT).min(LAST_MOMENT).trunc_subsecs(0);
        let claims = self.claims(request, now, expires_at).to_string();
        let mut token = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
        let signature = hmac::sign(&self.key, token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        IssuedToken { token: token.into(), expires_at }
    }

    fn claims(&self, request: &TokenRequest<'_>, now: Timestamp, expires_at: Timestamp) -> Value {
        let claims = [
            ("exp", Some(Value::from(expires_at.timestamp()))),
            ("iat", Some(Value::from(now.timestamp()))),
            ("sub", Some(Value::from(request.email.as_str()))),
            ("acc", request.account.map(|account| Value::from(account.as_str()))),
            ("id", Some(Value::from(request.person_id.get()))),
            ("email_verified", request.email_verified.then_some(Value::Bool(true))),
            ("iss", self.issuer.as_deref().map(Value::from)),
            ("aud", self.audience.as_deref().map(Value::from)),
        ];
        claims.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

impl fmt::Debug for TokenIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIssuer").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
