use usher_auth::{InvalidToken, JwtError};

use super::{UNKNOWN, World};
use crate::support::{Answer, TestKey};

#[tokio::test]
async fn a_set_is_fetched_when_a_token_needs_it_and_kept() {
    let [rsa, ec, ed] = TestKey::each();
    let world = World::new(Answer::keys(&[rsa.jwk("rsa"), ec.jwk("ec"), ed.jwk("ed")])).await;
    assert_eq!(world.server.requests(), 0, "nobody asked yet");
    for (key, kid) in [(&rsa, "rsa"), (&ec, "ec"), (&ed, "ed")] {
        assert_eq!(world.verify(key, kid).await, Ok(()), "{kid}");
    }
    world.wait(599);
    assert_eq!(world.verify(&rsa, "rsa").await, Ok(()));
    assert_eq!(world.server.requests(), 1);
    world.wait(1);
    assert_eq!(world.verify(&rsa, "rsa").await, Ok(()));
    assert_eq!(world.server.requests(), 2, "after ten minutes it is asked for again");
}

#[tokio::test]
async fn a_key_of_another_algorithm_is_not_asked_for_again() {
    let (ec, ed) = (TestKey::es256(), TestKey::eddsa());
    let world = World::new(Answer::keys(&[ec.jwk("k1")])).await;
    assert_eq!(world.verify(&ec, "k1").await, Ok(()));
    world.wait(60);
    assert_eq!(world.verify(&ed, "k1").await, Err(InvalidToken::Algorithm.into()));
    assert_eq!(world.server.requests(), 1);
}

#[tokio::test]
async fn new_keys_are_found_and_old_ones_forgotten() {
    let (old, new) = (TestKey::es256(), TestKey::es256());
    let world = World::new(Answer::keys(&[old.jwk("old")])).await;
    assert_eq!(world.verify(&old, "old").await, Ok(()));

    world.server.answer(Answer::keys(&[new.jwk("new"), old.jwk("old")]));
    world.wait(30);
    assert_eq!(world.verify(&new, "new").await, Ok(()), "an unknown kid makes us ask");
    assert_eq!(world.verify(&old, "old").await, Ok(()));
    assert_eq!(world.server.requests(), 2);

    world.server.answer(Answer::keys(&[new.jwk("new")]));
    world.wait(600);
    assert_eq!(world.verify(&old, "old").await, UNKNOWN, "what the issuer took back is no key");
    assert_eq!(world.verify(&new, "new").await, Ok(()));
    assert_eq!(world.server.requests(), 3);
}

#[tokio::test]
async fn without_any_set_nothing_can_be_said() {
    let key = TestKey::es256();
    let world = World::new(Answer::failure("503 Service Unavailable", &[key.jwk("k1")])).await;
    let unavailable = Err(JwtError::KeysUnavailable);
    assert_eq!(world.verify(&key, "k1").await, unavailable);
    world.server.answer(Answer::keys(&[key.jwk("k1")]));
    world.wait(29);
    assert_eq!(world.verify(&key, "k1").await, unavailable, "a failing issuer is left alone, too");
    assert_eq!(world.server.requests(), 1);
    world.wait(1);
    assert_eq!(world.verify(&key, "k1").await, Ok(()));
    assert_eq!(world.server.requests(), 2);
}

#[tokio::test]
async fn an_old_set_is_better_than_none() {
    let (key, other) = (TestKey::es256(), TestKey::es256());
    let world = World::new(Answer::keys(&[key.jwk("k1")])).await;
    assert_eq!(world.verify(&key, "k1").await, Ok(()));
    let failures = [
        Answer::failure("500 Internal Server Error", &[]),
        Answer::failure("203 Transformed", &[]),
        Answer::Hangup,
        Answer::body("<html>"),
        Answer::Endless,
    ];
    for (requests, failure) in (2..).zip(failures) {
        world.server.answer(failure);
        world.wait(600);
        assert_eq!(world.verify(&key, "k1").await, Ok(()));
        assert_eq!(world.verify(&other, "k2").await, UNKNOWN, "there was a set once: 401, not 503");
        assert_eq!(world.server.requests(), requests);
    }
    world.server.answer(Answer::keys(&[other.jwk("k2")]));
    world.wait(600);
    assert_eq!(world.verify(&other, "k2").await, Ok(()));
    assert_eq!(world.verify(&key, "k1").await, UNKNOWN);
}

/// While an issuer hangs, one caller waits for it, once; then nobody does whose key is known.
#[tokio::test]
async fn a_hanging_issuer_slows_nobody_down() {
    let key = TestKey::es256();
    let world = World::new(Answer::keys(&[key.jwk("k1")])).await;
    assert_eq!(world.verify(&key, "k1").await, Ok(()));
    world.server.answer(Answer::failure("500 Internal Server Error", &[]));
    world.wait(600);
    assert_eq!(world.verify(&key, "k1").await, Ok(()));

    world.server.answer(Answer::Silence);
    world.wait(30);
    tokio::time::pause();
    let begin = tokio::time::Instant::now();
    assert_eq!(world.verify(&key, "k1").await, Ok(()));
    assert_eq!(begin.elapsed().as_millis(), 0);
}

/// A clock that was wrong and is set back must not keep a set alive for ever.
#[tokio::test]
async fn a_clock_that_is_set_back_costs_one_fetch() {
    let key = TestKey::es256();
    let world = World::new(Answer::keys(&[key.jwk("k1")])).await;
    assert_eq!(world.verify(&key, "k1").await, Ok(()));
    world.wait(-1_000_000);
    for _ in 0..3 {
        assert_eq!(world.verify(&key, "k1").await, Ok(()));
    }
    assert_eq!(world.server.requests(), 2);
}
