use std::sync::Arc;

use serde_json::json;
use tokio::{runtime::Builder, sync::Semaphore, task::JoinSet};

use super::{UNAVAILABLE, UNKNOWN, World};
use crate::support::{Answer, TestKey, claims, now};

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
    assert_eq!(outcome, UNAVAILABLE);
    world.wait(29);
    assert_eq!(world.verify(&key, "k1").await, UNAVAILABLE);
    assert_eq!(world.server.requests(), 1);
}

/// A thousand attackers at once are one fetch, on many threads too.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_of_unknown_kids_is_one_fetch() {
    let key = TestKey::es256();
    let release = Arc::new(Semaphore::new(0));
    let set = json!({ "keys": [key.jwk("known")] }).to_string();
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
    let set = json!({ "keys": [key.jwk("k1")] }).to_string();
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
    let set = json!({ "keys": [key.jwk("k1")] }).to_string();
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
        assert_eq!(world.verify(&key, "k1").await, UNAVAILABLE);
        assert_eq!(world.server.requests(), 1);
        world.wait(30);
        assert_eq!(world.verify(&key, "k1").await, Ok(()));
    });
}
