//! Tokens made by hand, so that no test asks the code under test, or its library, what a token looks like.

mod key;
mod server;

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use usher_auth::{IssuerSettings, JwtVerifier, KeySource, SecretRing, ServerSecret};
use usher_domain::{Timestamp, port::Clock, testkit::FixedClock};

pub(crate) use key::TestKey;
pub(crate) use server::{Answer, KeyServer};

/// Seconds since 1970, within the life of Landscape's sample token.
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

/// The two secrets, the newer one in use.
pub(crate) fn ring() -> SecretRing {
    SecretRing::new(secret(SECRET), vec![secret(OLD_SECRET)])
}

/// Usher's own tokens, as Landscape has them.
pub(crate) fn shared() -> IssuerSettings {
    IssuerSettings::new(KeySource::SharedSecrets(ring()))
}

pub(crate) fn verifier(issuers: impl IntoIterator<Item = IssuerSettings>) -> JwtVerifier {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOW));
    JwtVerifier::new(issuers.into_iter().collect(), &clock).unwrap()
}

/// The claims of a token that every issuer's settings here accept.
pub(crate) fn claims() -> Value {
    json!({ "exp": NOW + 3600, "iat": NOW - 60, "sub": "john@example.com", "acc": "onward", "id": 1 })
}

/// Those claims with others added or put in their place; `null` takes one away.
pub(crate) fn claims_with(changes: Value) -> Value {
    let (Value::Object(mut claims), Value::Object(changes)) = (claims(), changes) else {
        panic!("no objects")
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

/// A token with that header, signed with HMAC-SHA256 whatever the header says.
pub(crate) fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    signed_text(&header.to_string(), &claims.to_string(), secret)
}

/// A token of two texts that need not even be JSON.
pub(crate) fn signed_text(header: &str, claims: &str, secret: &str) -> String {
    sign(&format!("{}.{}", base64(header), base64(claims)), secret)
}

/// The text, a dot, and its HMAC-SHA256.
pub(crate) fn sign(input: &str, secret: &str) -> String {
    format!("{input}.{}", base64(key::hmac_sha256(secret.as_bytes(), input.as_bytes())))
}
