//! Published key sets: caching, fetching, and the responses and keys that Usher rejects.

mod cache;
mod discovery;
mod fetches;
mod responses;
mod spellings;
mod unsuitable;

use std::sync::Arc;

use chrono::TimeDelta;
use usher_auth::{
    InvalidToken, IssuerSettings, IssuerSettingsError, JwksSettings, JwtError, JwtVerifier, KeySource,
};
use usher_domain::{port::Clock, testkit::FixedClock};

use crate::support::{KeyServer, NOW, Response, TestKey, claims, now};

const UNKNOWN_KEY: Result<(), JwtError> = Err(JwtError::Invalid(InvalidToken::Key));
/// Right after a failed fetch: the cooldown is 30 s.
const UNAVAILABLE: Result<(), JwtError> = Err(JwtError::KeysUnavailable { seconds: 30 });

/// A verifier with one issuer, and the server of its keys.
struct Fixture {
    verifier: JwtVerifier,
    clock: Arc<FixedClock>,
    server: KeyServer,
}

impl Fixture {
    async fn new(response: Response) -> Self {
        let server = KeyServer::start(response).await;
        let clock = Arc::new(FixedClock::at(NOW));
        let settings = IssuerSettings::new(KeySource::Jwks(JwksSettings::new(server.url())));
        let verifier = JwtVerifier::new(vec![settings], &(clock.clone() as Arc<dyn Clock>)).unwrap();
        Self { verifier, clock, server }
    }

    /// Advances the clock that measures the age of the set. Tokens are always verified at [`NOW`].
    fn wait(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    async fn verify(&self, key: &TestKey, kid: &str) -> Result<(), JwtError> {
        self.verifier.verify(&key.token(Some(kid), &claims()), now()).await.map(drop)
    }
}

fn try_verifier(url: &str) -> Result<JwtVerifier, IssuerSettingsError> {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOW));
    JwtVerifier::new(vec![IssuerSettings::new(KeySource::Jwks(JwksSettings::new(url)))], &clock)
}

/// The outcome for a valid token when the issuer's server responds with `response`.
async fn verify_against(response: Response, key: &TestKey) -> Result<(), JwtError> {
    let server = KeyServer::start(response).await;
    let token = key.token(Some("k1"), &claims());
    try_verifier(&server.url()).unwrap().verify(&token, now()).await.map(drop)
}
