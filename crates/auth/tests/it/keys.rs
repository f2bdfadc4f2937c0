use serde_json::json;
use usher_auth::{InvalidToken, IssuerSettings, JwtError, JwtVerifier, KeySource, PublicKeySettings};

use crate::support::{TestKey, claims, now, verifier};

fn with_keys(keys: &[(&TestKey, Option<&str>)]) -> JwtVerifier {
    let keys = keys.iter().map(|(key, kid)| PublicKeySettings { pem: key.pem(), kid: kid.map(Into::into) });
    verifier([IssuerSettings::new(KeySource::PublicKeys(keys.collect()))])
}

const UNKNOWN_KEY: Result<(), JwtError> = Err(JwtError::Invalid(InvalidToken::Key));
const WRONG_SIGNATURE: Result<(), JwtError> = Err(JwtError::Invalid(InvalidToken::Signature));

async fn outcome(verifier: &JwtVerifier, token: &str) -> Result<(), JwtError> {
    verifier.verify(token, now()).await.map(drop)
}

#[tokio::test]
async fn each_key_type_verifies_its_own_tokens_only() {
    let (trusted, foreign) = (TestKey::every(), TestKey::every());
    for (key, other) in trusted.iter().zip(&foreign) {
        for kid in [None, Some("k1")] {
            let verifier = with_keys(&[(key, kid)]);
            assert_eq!(
                outcome(&verifier, &key.token(kid, &claims())).await,
                Ok(()),
                "{} {kid:?}",
                key.algorithm
            );
            assert_eq!(
                outcome(&verifier, &other.token(kid, &claims())).await,
                WRONG_SIGNATURE,
                "{} {kid:?}",
                key.algorithm
            );
        }
    }
}

/// An operator can configure an issuer's only key without its kid.
#[tokio::test]
async fn a_key_without_kid_matches_every_other_kid() {
    let (named, unnamed) = (TestKey::es256(), TestKey::es256());
    let verifier = with_keys(&[(&named, Some("named")), (&unnamed, None)]);
    assert_eq!(outcome(&verifier, &named.token(Some("named"), &claims())).await, Ok(()));
    assert_eq!(outcome(&verifier, &unnamed.token(Some("other"), &claims())).await, Ok(()));
    assert_eq!(outcome(&verifier, &unnamed.token(Some("named"), &claims())).await, WRONG_SIGNATURE);
    assert_eq!(outcome(&verifier, &named.token(Some("other"), &claims())).await, WRONG_SIGNATURE);
}

/// Some providers leave out the kid although their keys have one.
#[tokio::test]
async fn every_key_of_the_algorithm_is_tried_for_a_token_without_kid() {
    let (one, two, ed) = (TestKey::es256(), TestKey::es256(), TestKey::eddsa());
    let verifier = with_keys(&[(&one, Some("one")), (&two, Some("two")), (&ed, Some("ed"))]);
    for key in [&one, &two, &ed] {
        assert_eq!(outcome(&verifier, &key.token(None, &claims())).await, Ok(()));
    }
    let third = TestKey::es256();
    assert_eq!(outcome(&verifier, &third.token(None, &claims())).await, WRONG_SIGNATURE);
    let unknown_algorithm = ed.token_with(&json!({ "alg": "RS256" }), &claims());
    assert_eq!(outcome(&verifier, &unknown_algorithm).await, UNKNOWN_KEY);
}

/// The configuration has the current and the next key.
#[tokio::test]
async fn public_keys_rotate() {
    let (current, next) = (TestKey::eddsa(), TestKey::eddsa());
    let verifier = with_keys(&[(&current, Some("2024")), (&next, Some("2025"))]);
    assert_eq!(outcome(&verifier, &current.token(Some("2024"), &claims())).await, Ok(()));
    assert_eq!(outcome(&verifier, &next.token(Some("2025"), &claims())).await, Ok(()));
    assert_eq!(outcome(&verifier, &next.token(Some("2024"), &claims())).await, WRONG_SIGNATURE);
}

/// Each key without a kid verifies tokens with and without a kid.
#[tokio::test]
async fn public_keys_without_kid_rotate() {
    for make in [TestKey::rs256, TestKey::es256, TestKey::eddsa] {
        let (old, new, third) = (make(), make(), make());
        let verifier = with_keys(&[(&old, None), (&new, None)]);
        for kid in [None, Some("2024")] {
            for (key, expected) in [(&old, Ok(())), (&new, Ok(())), (&third, WRONG_SIGNATURE)] {
                let algorithm = key.algorithm;
                let token = key.token(kid, &claims());
                assert_eq!(outcome(&verifier, &token).await, expected, "{algorithm} {kid:?}");
            }
        }
    }
}

#[tokio::test]
async fn keys_with_a_kid_are_not_tried_for_other_kids() {
    let (named, old, new, rsa) = (TestKey::es256(), TestKey::es256(), TestKey::es256(), TestKey::rs256());
    let verifier = with_keys(&[(&named, Some("named")), (&old, None), (&new, None), (&rsa, None)]);
    for (key, kid, expected) in [
        (&named, Some("named"), Ok(())),
        (&old, Some("other"), Ok(())),
        (&new, Some("other"), Ok(())),
        (&rsa, Some("other"), Ok(())),
        (&rsa, None, Ok(())),
        (&named, Some("other"), WRONG_SIGNATURE),
        (&old, Some("named"), WRONG_SIGNATURE),
        (&new, None, Ok(())),
        (&named, None, Ok(())),
    ] {
        let token = key.token(kid, &claims());
        assert_eq!(outcome(&verifier, &token).await, expected, "{} {kid:?}", key.algorithm);
    }
    let wrong_algorithm = old.token_with(&json!({ "alg": "RS256", "kid": "other" }), &claims());
    assert_eq!(outcome(&verifier, &wrong_algorithm).await, WRONG_SIGNATURE);
}

/// Callers spawn it on multi-threaded runtimes.
#[test]
fn verifying_can_move_between_threads() {
    fn assert_send(_: impl Send) {}
    fn assert_shared<T: Send + Sync + 'static>(_: &T) {}
    let verifier = with_keys(&[(&TestKey::es256(), None)]);
    assert_shared(&verifier);
    assert_send(verifier.verify("", now()));
}
