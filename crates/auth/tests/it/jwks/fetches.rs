use std::sync::Arc;

use serde_json::json;
use tokio::{runtime::Builder, sync::Semaphore, task::JoinSet};
use usher_auth::JwtError;

use super::{Fixture, UNAVAILABLE, UNKNOWN_KEY};
use crate::support::{Response, TestKey, claims, now};

#[tokio::test]
async fn the_cooldown_depends_on_time_alone() {
    let (known, unknown) = (TestKey::es256(), TestKey::es256());
    let fixture = Fixture::new(Response::keys(&[known.jwk("known")])).await;
    assert_eq!(fixture.verify(&known, "known").await, Ok(()));
    for (wait, requests) in [(0, 1), (29, 1), (1, 2), (0, 2), (29, 2), (1, 3), (10_000, 4)] {
        fixture.wait(wait);
        for kid in ["a", "b", "c"] {
            assert_eq!(fixture.verify(&unknown, kid).await, UNKNOWN_KEY);
        }
        assert_eq!(fixture.server.requests(), requests, "{wait} s later");
    }
}

/// The pause after a slow response is as long as after a fast response.
#[tokio::test]
async fn the_cooldown_begins_when_the_fetch_ends() {
    let key = TestKey::es256();
    let release = Arc::new(Semaphore::new(0));
    let fixture = Fixture::new(Response::Held("<html>".into(), release.clone())).await;
    let (outcome, ()) = tokio::join!(fixture.verify(&key, "k1"), async {
        fixture.server.arrival().await;
        fixture.wait(25);
        release.add_permits(1);
    });
    assert_eq!(outcome, UNAVAILABLE);
    fixture.wait(29);
    assert_eq!(fixture.verify(&key, "k1").await, Err(JwtError::KeysUnavailable { seconds: 1 }));
    assert_eq!(fixture.server.requests(), 1);
}

/// On several threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_unknown_kids_cause_one_fetch() {
    let key = TestKey::es256();
    let release = Arc::new(Semaphore::new(0));
    let set = json!({ "keys": [key.jwk("known")] }).to_string();
    let fixture = Arc::new(Fixture::new(Response::Held(set, release.clone())).await);
    for round in 1..=3 {
        let mut callers = JoinSet::new();
        for number in 0..1000 {
            let fixture = Arc::clone(&fixture);
            let token = key.token(Some(&format!("random-{round}-{number}")), &claims());
            callers.spawn(async move { fixture.verifier.verify(&token, now()).await.map(drop) });
        }
        fixture.server.arrival().await;
        release.add_permits(1);
        while let Some(outcome) = callers.join_next().await {
            assert_eq!(outcome.unwrap(), UNKNOWN_KEY);
        }
        assert_eq!(fixture.server.requests(), round);
        fixture.wait(30);
    }
}

#[tokio::test]
async fn callers_during_the_first_fetch_wait_for_its_keys() {
    let key = Arc::new(TestKey::es256());
    let release = Arc::new(Semaphore::new(0));
    let set = json!({ "keys": [key.jwk("k1")] }).to_string();
    let fixture = Arc::new(Fixture::new(Response::Held(set, release.clone())).await);
    let mut callers = JoinSet::new();
    for _ in 0..50 {
        let (fixture, key) = (Arc::clone(&fixture), Arc::clone(&key));
        callers.spawn(async move { fixture.verify(&key, "k1").await });
    }
    fixture.server.arrival().await;
    release.add_permits(1);
    while let Some(outcome) = callers.join_next().await {
        assert_eq!(outcome.unwrap(), Ok(()));
    }
    assert_eq!(fixture.server.requests(), 1);
}

#[tokio::test]
async fn a_fetch_continues_when_its_first_caller_disconnects() {
    let key = TestKey::es256();
    let release = Arc::new(Semaphore::new(0));
    let set = json!({ "keys": [key.jwk("k1")] }).to_string();
    let fixture = Fixture::new(Response::Held(set, release.clone())).await;
    tokio::select! {
        biased;
        outcome = fixture.verify(&key, "k1") => panic!("returned without keys: {outcome:?}"),
        () = fixture.server.arrival() => {}
    }
    release.add_permits(1);
    assert_eq!(fixture.verify(&key, "k1").await, Ok(()));
    assert_eq!(fixture.server.requests(), 1);
}

/// HTTP servers have one runtime per worker. When a runtime shuts down during its fetch, the others continue, and the cooldown
/// still applies.
#[test]
fn a_runtime_shutdown_during_a_fetch_does_not_block_other_runtimes() {
    let lasting = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let ending = Builder::new_current_thread().enable_all().build().unwrap();
    let key = TestKey::es256();
    let fixture = lasting.block_on(Fixture::new(Response::Never));
    ending.block_on(async {
        tokio::select! {
            biased;
            outcome = fixture.verify(&key, "k1") => panic!("returned without keys: {outcome:?}"),
            () = fixture.server.arrival() => {}
        }
    });
    drop(ending);
    fixture.server.respond_with(Response::keys(&[key.jwk("k1")]));
    lasting.block_on(async {
        assert_eq!(fixture.verify(&key, "k1").await, UNAVAILABLE);
        assert_eq!(fixture.server.requests(), 1);
        fixture.wait(30);
        assert_eq!(fixture.verify(&key, "k1").await, Ok(()));
    });
}
