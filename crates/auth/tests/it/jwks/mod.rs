//! Issuers that publish their keys: what is kept, when it is fetched again, and what is not taken from them.

mod answers;
mod cache;
mod flight;
mod unsuitable;

use std::sync::Arc;

use chrono::TimeDelta;
use usher_auth::{
    InvalidToken, IssuerSettings, JwksSettings, JwtError, JwtVerifier, KeySource, SettingsError,
};
use usher_domain::{port::Clock, testkit::FixedClock};

use crate::support::{Answer, KeyServer, NOW, TestKey, claims, now};

const UNKNOWN: Result<(), JwtError> = Err(JwtError::Invalid(InvalidToken::Key));
const UNAVAILABLE: Result<(), JwtError> = Err(JwtError::KeysUnavailable);

/// A verifier with one issuer, whose keys come from a server.
struct World {
    verifier: JwtVerifier,
    clock: Arc<FixedClock>,
    server: KeyServer,
}

impl World {
    async fn new(answer: Answer) -> Self {
        let server = KeyServer::start(answer).await;
        let clock = Arc::new(FixedClock::at(NOW));
        let settings = IssuerSettings::new(KeySource::Jwks(JwksSettings::new(server.url())));
        let verifier = JwtVerifier::new(vec![settings], &(clock.clone() as Arc<dyn Clock>)).unwrap();
        Self { verifier, clock, server }
    }

    /// Only the age of the set depends on this clock, not the token: that one is always judged at [`NOW`].
    fn wait(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    async fn verify(&self, key: &TestKey, kid: &str) -> Result<(), JwtError> {
        self.verifier.verify(&key.token(Some(kid), &claims()), now()).await.map(drop)
    }
}

fn try_verifier(url: &str) -> Result<JwtVerifier, SettingsError> {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOW));
    JwtVerifier::new(vec![IssuerSettings::new(KeySource::Jwks(JwksSettings::new(url)))], &clock)
}

/// What becomes of a good token when the issuer answers like that.
async fn with(answer: Answer, key: &TestKey) -> Result<(), JwtError> {
    let server = KeyServer::start(answer).await;
    let token = key.token(Some("k1"), &claims());
    try_verifier(&server.url()).unwrap().verify(&token, now()).await.map(drop)
}
