use std::{
    pin::pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll, Waker},
};

use usher_auth::{
    CredentialVerifier, IssuerSettings, JwtVerifier, KeySource, SecretRing, ServerSecret, TokenFacts,
};
use usher_domain::{
    port::{Authenticator as _, Clock},
    principal::Credential,
    testkit::FixedClock,
};

/// Shorter texts can be a part of any message.
const SHORTEST_SECRET: usize = 24;

static CLOCK: LazyLock<Arc<dyn Clock>> = LazyLock::new(|| Arc::new(FixedClock::default()));
static VERIFIER: LazyLock<CredentialVerifier> = LazyLock::new(verifier);

fn verifier() -> CredentialVerifier {
    let Ok(secret) = ServerSecret::new("a secret of the fuzz targets that is long enough".into()) else {
        panic!("the secret is long enough")
    };
    let settings = IssuerSettings::new(KeySource::SharedSecrets(SecretRing::new(secret, Vec::new())));
    match JwtVerifier::new(vec![settings], &CLOCK) {
        Ok(jwts) => CredentialVerifier::new(jwts),
        Err(error) => panic!("{error}"),
    }
}

/// Bearer tokens: whether they are accepted, and what `usher token explain` says about them.
pub(super) fn run(input: &[u8]) {
    let Ok(token) = str::from_utf8(input) else { return };
    let explained = TokenFacts::read(token).map(|facts| facts.to_string()).unwrap_or_default();
    check_text(&explained, token);
    let mut verified = pin!(VERIFIER.authenticate(token, CLOCK.now()));
    match verified.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(Credential::AccessToken(_))) => {}
        Poll::Ready(Ok(Credential::Principal(principal))) => {
            panic!("the fuzzer has forged a token of {}", principal.email)
        }
        Poll::Ready(Err(error)) => check_text(&error.to_string(), token),
        Poll::Pending => panic!("no keys have to be fetched"),
    }
}

fn check_text(text: &str, token: &str) {
    assert!(!text.contains(char::is_control), "{text:?}");
    assert!(token.len() < SHORTEST_SECRET || !text.contains(token), "{text:?} contains the token");
}
