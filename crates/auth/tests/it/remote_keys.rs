use std::sync::Arc;

use chrono::TimeDelta;
use tokio::{runtime::Builder, sync::Semaphore, task::JoinSet};
use usher_auth::{InvalidToken, IssuerSettings, JwksSettings, JwtVerifier, KeySource, TokenError};
use usher_domain::{port::Clock, testkit::FixedClock};

use crate::support::{Answer, KeyServer, NOW, TestKey, claims, now};

const UNKNOWN: Result<(), TokenError> = Err(TokenError::Invalid(InvalidToken::Key));

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

    async fn verify(&self, key: &TestKey, kid: &str) -> Result<(), TokenError> {
        self.verifier.verify(&key.token(Some(kid), &claims()), now()).await.map(drop)
    }
}

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

/// Whoever asks does not matter, only when.
#[tokio::test]
async fn the_cooldown_is_by_time_alone() {
    let (known, unknown) = (TestKey::es256(), TestKey::es256());
    let world = World::new(Answer::keys(&[known.jwk("known")])).await;
    assert_eq!(world.verify(&known, "known").await, Ok(()));
    for (wait, requests) in [(0, 1), (29, 1), (1, 2), (0, 2), (29, 2), (1, 3), (10_000, 4)] {
        world.wait(wait);
        for kid in ["a", "b", "c"] {
            assert_eq!(world.verify(&unknown, kid).await, UNKNOWN);
        }
        assert_eq!(world.server.requests(), requests, "{wait} s later");
    }
}

/// A thousand attackers at once are one fetch, on many threads too.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_of_unknown_kids_is_one_fetch() {
    let key = TestKey::es256();
    let release = Arc::new(Semaphore::new(0));
    let set = serde_json::json!({ "keys": [key.jwk("known")] }).to_string();
    let world = Arc::new(World::new(Answer::Held(set, release.clone())).await);
    for round in 1..=3 {
        let mut storm = JoinSet::new();
        for number in 0..1000 {
            let world = Arc::clone(&world);
            let token = key.token(Some(&format!("random-{round}-{number}")), &claims());
            storm.spawn(async move { world.verifier.verify(&token, now()).await.map(drop) });
        }
        world.server.arrival().await;
        release.add_permits(1);
        while let Some(outcome) = storm.join_next().await {
            assert_eq!(outcome.unwrap(), UNKNOWN);
        }
        assert_eq!(world.server.requests(), round);
        world.wait(30);
    }
}

/// Those who come during the first fetch get what it brings.
#[tokio::test]
async fn everybody_waits_for_the_one_fetch() {
    let key = Arc::new(TestKey::es256());
    let release = Arc::new(Semaphore::new(0));
    let set = serde_json::json!({ "keys": [key.jwk("k1")] }).to_string();
    let world = Arc::new(World::new(Answer::Held(set, release.clone())).await);
    let mut callers = JoinSet::new();
    for _ in 0..50 {
        let (world, key) = (Arc::clone(&world), Arc::clone(&key));
        callers.spawn(async move { world.verify(&key, "k1").await });
    }
    world.server.arrival().await;
    release.add_permits(1);
    while let Some(outcome) = callers.join_next().await {
        assert_eq!(outcome.unwrap(), Ok(()));
    }
    assert_eq!(world.server.requests(), 1);
}

/// The fetch belongs to nobody: who started it may hang up.
#[tokio::test]
async fn a_caller_who_hangs_up_does_not_end_the_fetch() {
    let key = TestKey::es256();
    let release = Arc::new(Semaphore::new(0));
    let set = serde_json::json!({ "keys": [key.jwk("k1")] }).to_string();
    let world = World::new(Answer::Held(set, release.clone())).await;
    tokio::select! {
        biased;
        outcome = world.verify(&key, "k1") => panic!("answered without keys: {outcome:?}"),
        () = world.server.arrival() => {}
    }
    release.add_permits(1);
    assert_eq!(world.verify(&key, "k1").await, Ok(()));
    assert_eq!(world.server.requests(), 1);
}

/// A slow answer is followed by as long a pause as a quick one.
#[tokio::test]
async fn the_cooldown_begins_when_the_fetch_ends() {
    let key = TestKey::es256();
    let release = Arc::new(Semaphore::new(0));
    let world = World::new(Answer::Held("<html>".into(), release.clone())).await;
    let (outcome, ()) = tokio::join!(world.verify(&key, "k1"), async {
        world.server.arrival().await;
        world.wait(25);
        release.add_permits(1);
    });
    assert_eq!(outcome, Err(TokenError::KeysUnavailable));
    world.wait(29);
    assert_eq!(world.verify(&key, "k1").await, Err(TokenError::KeysUnavailable));
    assert_eq!(world.server.requests(), 1);
}

/// HTTP servers have a runtime for each worker. When one ends with a fetch on its way, the others carry on, and the
/// cooldown still holds.
#[test]
fn a_runtime_that_ends_takes_nothing_with_it() {
    let lasting = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let ending = Builder::new_current_thread().enable_all().build().unwrap();
    let key = TestKey::es256();
    let world = lasting.block_on(World::new(Answer::Silence));
    ending.block_on(async {
        tokio::select! {
            biased;
            outcome = world.verify(&key, "k1") => panic!("answered without keys: {outcome:?}"),
            () = world.server.arrival() => {}
        }
    });
    drop(ending);
    world.server.answer(Answer::keys(&[key.jwk("k1")]));
    lasting.block_on(async {
        assert_eq!(world.verify(&key, "k1").await, Err(TokenError::KeysUnavailable));
        assert_eq!(world.server.requests(), 1);
        world.wait(30);
        assert_eq!(world.verify(&key, "k1").await, Ok(()));
    });
}

#[tokio::test]
async fn without_any_set_nothing_can_be_said() {
    let key = TestKey::es256();
    let world = World::new(Answer::failure("503 Service Unavailable", &[key.jwk("k1")])).await;
    let unavailable = Err(TokenError::KeysUnavailable);
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
