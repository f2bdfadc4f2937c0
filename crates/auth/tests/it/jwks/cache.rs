use usher_auth::{InvalidToken, JwtError};

use super::{Fixture, UNKNOWN_KEY};
use crate::support::{Response, TestKey, claims, now};

#[tokio::test]
async fn a_set_is_fetched_on_demand_and_kept_for_ten_minutes() {
    let [rsa, ec, ed] = TestKey::each();
    let fixture = Fixture::new(Response::keys(&[rsa.jwk("rsa"), ec.jwk("ec"), ed.jwk("ed")])).await;
    assert_eq!(fixture.server.requests(), 0, "no token needed it yet");
    for (key, kid) in [(&rsa, "rsa"), (&ec, "ec"), (&ed, "ed")] {
        assert_eq!(fixture.verify(key, kid).await, Ok(()), "{kid}");
    }
    fixture.wait(599);
    assert_eq!(fixture.verify(&rsa, "rsa").await, Ok(()));
    assert_eq!(fixture.server.requests(), 1);
    fixture.wait(1);
    assert_eq!(fixture.verify(&rsa, "rsa").await, Ok(()));
    assert_eq!(fixture.server.requests(), 2, "fetched again after ten minutes");
}

#[tokio::test]
async fn a_known_kid_with_another_algorithm_causes_no_fetch() {
    let (ec, ed) = (TestKey::es256(), TestKey::eddsa());
    let fixture = Fixture::new(Response::keys(&[ec.jwk("k1")])).await;
    assert_eq!(fixture.verify(&ec, "k1").await, Ok(()));
    fixture.wait(60);
    assert_eq!(fixture.verify(&ed, "k1").await, Err(InvalidToken::Algorithm.into()));
    assert_eq!(fixture.server.requests(), 1);
}

#[tokio::test]
async fn a_fetch_adds_new_keys_and_removes_old_keys() {
    let (old, new) = (TestKey::es256(), TestKey::es256());
    let fixture = Fixture::new(Response::keys(&[old.jwk("old")])).await;
    assert_eq!(fixture.verify(&old, "old").await, Ok(()));

    fixture.server.respond_with(Response::keys(&[new.jwk("new"), old.jwk("old")]));
    fixture.wait(30);
    assert_eq!(fixture.verify(&new, "new").await, Ok(()), "an unknown kid causes a fetch");
    assert_eq!(fixture.verify(&old, "old").await, Ok(()));
    assert_eq!(fixture.server.requests(), 2);

    fixture.server.respond_with(Response::keys(&[new.jwk("new")]));
    fixture.wait(600);
    assert_eq!(fixture.verify(&old, "old").await, UNKNOWN_KEY, "the issuer removed the key");
    assert_eq!(fixture.verify(&new, "new").await, Ok(()));
    assert_eq!(fixture.server.requests(), 3);
}

#[tokio::test]
async fn keys_are_unavailable_until_the_first_successful_fetch() {
    let key = TestKey::es256();
    let fixture = Fixture::new(Response::failure("503 Service Unavailable", &[key.jwk("k1")])).await;
    let unavailable = |seconds| Err(JwtError::KeysUnavailable { seconds });
    assert_eq!(fixture.verify(&key, "k1").await, unavailable(30));
    fixture.server.respond_with(Response::keys(&[key.jwk("k1")]));
    fixture.wait(29);
    assert_eq!(fixture.verify(&key, "k1").await, unavailable(1), "the cooldown applies after failures");
    assert_eq!(fixture.server.requests(), 1);
    fixture.wait(1);
    assert_eq!(fixture.verify(&key, "k1").await, Ok(()));
    assert_eq!(fixture.server.requests(), 2);
}

#[tokio::test]
async fn an_old_set_is_used_while_fetching_fails() {
    let (key, other) = (TestKey::es256(), TestKey::es256());
    let fixture = Fixture::new(Response::keys(&[key.jwk("k1")])).await;
    assert_eq!(fixture.verify(&key, "k1").await, Ok(()));
    let failures = [
        Response::failure("500 Internal Server Error", &[]),
        Response::failure("203 Transformed", &[]),
        Response::Disconnect,
        Response::body("<html>"),
        Response::Endless,
    ];
    for (requests, failure) in (2..).zip(failures) {
        fixture.server.respond_with(failure);
        fixture.wait(600);
        assert_eq!(fixture.verify(&key, "k1").await, Ok(()));
        assert_eq!(fixture.verify(&other, "k2").await, UNKNOWN_KEY, "rejected, because a set is known");
        assert_eq!(fixture.server.requests(), requests);
    }
    fixture.server.respond_with(Response::keys(&[other.jwk("k2")]));
    fixture.wait(600);
    assert_eq!(fixture.verify(&other, "k2").await, Ok(()));
    assert_eq!(fixture.verify(&key, "k1").await, UNKNOWN_KEY);
}

/// Otherwise a stolen key would be accepted for as long as an attacker keeps Usher from the issuer.
#[tokio::test]
async fn an_old_set_is_used_for_a_day_at_most() {
    let key = TestKey::es256();
    let fixture = Fixture::new(Response::keys(&[key.jwk("k1")])).await;
    assert_eq!(fixture.verify(&key, "k1").await, Ok(()));
    fixture.server.respond_with(Response::Disconnect);
    fixture.wait(24 * 60 * 60 - 1);
    assert_eq!(fixture.verify(&key, "k1").await, Ok(()));
    fixture.wait(1);
    assert_eq!(fixture.verify(&key, "k1").await, Err(JwtError::KeysUnavailable { seconds: 29 }));
    fixture.wait(29);
    assert_eq!(fixture.verify(&key, "k1").await, Err(JwtError::KeysUnavailable { seconds: 30 }));
    fixture.server.respond_with(Response::keys(&[key.jwk("k1")]));
    fixture.wait(30);
    assert_eq!(fixture.verify(&key, "k1").await, Ok(()));
}

/// An issuer that publishes no kid replaces its key without a sign in the token's header.
#[tokio::test]
async fn a_wrong_signature_without_a_known_kid_causes_a_fetch() {
    let (old, new) = (TestKey::es256(), TestKey::es256());
    let bare = |key: &TestKey| {
        let mut jwk = key.jwk("");
        jwk.as_object_mut().unwrap().remove("kid");
        Response::keys(&[jwk])
    };
    let fixture = Fixture::new(bare(&old)).await;
    let verify =
        async |key: &TestKey, kid| fixture.verifier.verify(&key.token(kid, &claims()), now()).await.map(drop);
    assert_eq!(verify(&old, None).await, Ok(()));
    fixture.server.respond_with(bare(&new));
    let wrong = Err(JwtError::Invalid(InvalidToken::Signature));
    assert_eq!(verify(&new, None).await, wrong, "within the cooldown");
    fixture.wait(30);
    assert_eq!(verify(&new, Some("any")).await, Ok(()));
    assert_eq!(verify(&old, None).await, wrong);
    assert_eq!(fixture.server.requests(), 2);
}

/// Only the first failed fetch delays a caller with a known key.
#[tokio::test]
async fn a_hanging_issuer_does_not_delay_known_keys() {
    let key = TestKey::es256();
    let fixture = Fixture::new(Response::keys(&[key.jwk("k1")])).await;
    assert_eq!(fixture.verify(&key, "k1").await, Ok(()));
    fixture.server.respond_with(Response::failure("500 Internal Server Error", &[]));
    fixture.wait(600);
    assert_eq!(fixture.verify(&key, "k1").await, Ok(()));

    fixture.server.respond_with(Response::Never);
    fixture.wait(30);
    tokio::time::pause();
    let begin = tokio::time::Instant::now();
    assert_eq!(fixture.verify(&key, "k1").await, Ok(()));
    assert_eq!(begin.elapsed().as_millis(), 0);
}

/// Otherwise a set fetched under a wrong clock would be used for too long.
#[tokio::test]
async fn a_clock_that_is_set_back_causes_one_fetch() {
    let key = TestKey::es256();
    let fixture = Fixture::new(Response::keys(&[key.jwk("k1")])).await;
    assert_eq!(fixture.verify(&key, "k1").await, Ok(()));
    fixture.wait(-1_000_000);
    for _ in 0..3 {
        assert_eq!(fixture.verify(&key, "k1").await, Ok(()));
    }
    assert_eq!(fixture.server.requests(), 2);
}
