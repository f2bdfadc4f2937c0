//! Tokens in the shapes that identity providers document, with the settings that `docs/OPERATIONS.md` gives for them.

mod consumer;
mod enterprise;

use std::sync::Arc;

use serde_json::{Value, json};
use usher_auth::{Claim, ClaimNames, IssuerSettings, JwksSettings, JwtError, JwtVerifier, KeySource};
use usher_domain::{port::Clock, principal::Principal, testkit::FixedClock};

use crate::support::{KeyServer, NOW, Response, TestKey, now};

/// A provider: its key set, its tokens and the settings for it.
struct Provider {
    key: TestKey,
    /// Members of the published key that differ from [`TestKey::jwk`]; null removes one.
    jwk: Value,
    /// The header without `alg` and `kid`.
    header: Value,
    /// Claims besides the times.
    claims: Value,
    /// Without issuer and keys.
    settings: IssuerSettings,
}

impl Provider {
    /// An issuer with OpenID's claims, its audience and RS256.
    fn new(audience: &str, claims: Value) -> Self {
        let settings = IssuerSettings {
            audiences: vec![audience.to_owned()],
            claims: ClaimNames { account: Some("acc".into()), ..ClaimNames::openid() },
            ..IssuerSettings::new(KeySource::PublicKeys(Vec::new()))
        };
        let header = json!({ "typ": "JWT" });
        Self { key: TestKey::rs256(), jwk: json!({}), header, claims, settings }
    }

    /// The address in one of these places, verified if `verified` is true.
    fn email(mut self, places: &[&str], verified: &str) -> Self {
        self.settings.claims.email = Claim::parse(places).unwrap();
        self.settings.claims.email_verified = verified.into();
        self
    }

    /// The outcome for the token with these changes of its claims; null removes a claim.
    async fn verify(&self, changes: Value) -> Result<Principal, JwtError> {
        let server = KeyServer::start(Response::keys(&[merged(self.key.jwk("2025-01"), &self.jwk)])).await;
        let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOW));
        let settings = IssuerSettings {
            issuer: self.claims["iss"].as_str().map(str::to_owned),
            keys: KeySource::Jwks(JwksSettings::new(server.url())),
            ..self.settings.clone()
        };
        let verifier = JwtVerifier::new(vec![settings], &clock).unwrap();
        let header = merged(self.header.clone(), &json!({ "alg": self.key.algorithm, "kid": "2025-01" }));
        let times = json!({ "iat": NOW - 10, "exp": NOW + 3600 });
        let claims = merged(merged(self.claims.clone(), &times), &changes);
        verifier.verify(&self.key.token_with(&header, &claims), now()).await
    }

    /// Asserts that the token identifies a person by a verified address.
    async fn assert_identifies(&self, email: &str) {
        let principal = self.verify(json!({})).await.unwrap();
        assert_eq!((principal.email.as_str(), principal.email_verified), (email, true));
    }

    /// Asserts that each change makes the token invalid.
    async fn assert_rejects(&self, cases: impl IntoIterator<Item = (Value, JwtError)>) {
        for (changes, expected) in cases {
            assert_eq!(self.verify(changes.clone()).await, Err(expected), "{changes}");
        }
    }
}

fn merged(mut object: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(object.as_object_mut().unwrap().remove(name)),
            value => object[name] = value.clone(),
        }
    }
    object
}
