//! Builds tokens without the code under test and its library, so that tests check them independently.

mod key;
mod server;

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use usher_auth::{IssuerSettings, JwtVerifier, KeySource, SecretRing, ServerSecret};
use usher_domain::{Timestamp, port::Clock, testkit::FixedClock};

pub(crate) use key::{ALGORITHMS, TestKey, WEAK_RSA, WEAK_RSA_PKCS1};
pub(crate) use server::{KeyServer, Response};

/// Seconds since 1970, within the validity of Landscape's sample token.
pub(crate) const NOW: i64 = 1_725_000_000;

pub(crate) const SECRET: &str = "the current secret, 32 bytes or more";
pub(crate) const OLD_SECRET: &str = "the previous secret, 32 bytes or more";

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(seconds, 0).unwrap()
}

pub(crate) fn now() -> Timestamp {
    at(NOW)
}

pub(crate) fn secret(text: &str) -> ServerSecret {
    ServerSecret::new(text.into()).unwrap()
}

/// A ring with [`SECRET`] as the current and [`OLD_SECRET`] as the previous secret.
pub(crate) fn ring() -> SecretRing {
    SecretRing::new(secret(SECRET), vec![secret(OLD_SECRET)])
}

/// The settings for Usher's own tokens.
pub(crate) fn shared() -> IssuerSettings {
    IssuerSettings::new(KeySource::SharedSecrets(ring()))
}

pub(crate) fn verifier(issuers: impl IntoIterator<Item = IssuerSettings>) -> JwtVerifier {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOW));
    JwtVerifier::new(issuers.into_iter().collect(), &clock).unwrap()
}

/// Valid claims at [`NOW`].
pub(crate) fn claims() -> Value {
    json!({ "exp": NOW + 3600, "iat": NOW - 60, "sub": "john@example.com", "acc": "onward", "id": 1 })
}

/// [`claims`] with `changes`; `null` removes a claim.
pub(crate) fn claims_with(changes: Value) -> Value {
    let (Value::Object(mut claims), Value::Object(changes)) = (claims(), changes) else {
        panic!("not objects")
    };
    for (name, value) in changes {
        if value.is_null() {
            claims.remove(&name);
        } else {
            claims.insert(name, value);
        }
    }
    Value::Object(claims)
}

pub(crate) fn base64(octets: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

/// A token signed with the current secret.
pub(crate) fn token(claims: &Value) -> String {
    signed(&json!({ "alg": "HS256", "typ": "JWT" }), claims, SECRET)
}

/// A token with this header, always signed with HMAC-SHA256.
pub(crate) fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    signed_text(&header.to_string(), &claims.to_string(), secret)
}

/// A token of two texts, which may be invalid JSON.
pub(crate) fn signed_text(header: &str, claims: &str, secret: &str) -> String {
    sign(&format!("{}.{}", base64(header), base64(claims)), secret)
}

/// The text, a dot, and its HMAC-SHA256.
pub(crate) fn sign(input: &str, secret: &str) -> String {
    format!("{input}.{}", base64(key::hmac_sha256(secret.as_bytes(), input.as_bytes())))
}
