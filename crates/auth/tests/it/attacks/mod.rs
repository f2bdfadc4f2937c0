//! Forged and malformed tokens (RFC 8725). Each test also checks the reason of the rejection.

mod claims;
mod headers;
mod keys;
mod random;
mod shapes;

use usher_auth::{JwtError, JwtVerifier};

use crate::support::{now, shared, token, verifier};

/// Asserts that the token is rejected for the expected reason, and that the message repeats nothing of it.
async fn assert_rejected(verifier: &JwtVerifier, attack: &str, token: &str, expected: impl Into<JwtError>) {
    let error = verifier.verify(token, now()).await.expect_err(attack);
    assert_eq!(error, expected.into(), "{attack}");
    let message = error.to_string();
    for part in token.split('.').filter(|part| part.len() > 3) {
        assert!(!message.contains(part), "{attack}: {message}");
    }
    assert!(!message.contains("john") && !message.contains("onward"), "{attack}: {message}");
}

#[tokio::test]
async fn the_unchanged_token_is_accepted() {
    let principal = verifier([shared()]).verify(&token(&crate::support::claims()), now()).await.unwrap();
    assert_eq!(principal.email.as_str(), "john@example.com");
}
