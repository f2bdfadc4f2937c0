use std::sync::Arc;

use tokio::task::JoinSet;
use usher_app::{Call, Rejection, RequestContext};
use usher_domain::{
    testkit::{Scene, credential},
    usecase::{idempotency::KeyError, invite::InviteError, resolve::ResolveError},
};

use crate::support::{app, creation, done, rendered};

/// Different outcomes in one batch: each request gets its own.
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_requests_get_their_own_outcomes() {
    let scene = Scene::new();
    let app = Arc::new(app(&scene, Arc::clone(&scene.store), 1));
    let mut requests = JoinSet::new();
    for number in 0..40 {
        let app = Arc::clone(&app);
        requests.spawn(async move {
            let call = match number % 4 {
                0 => creation("same@example.com"),
                1 => Call { caller: credential("stranger@example.com"), ..creation("x@example.com") },
                2 => Call { command: None, ..creation("y@example.com") },
                _ => creation(&format!("guest{number}@example.com")),
            };
            (number, app.invitations().create(call, rendered()).await.result)
        });
    }
    let mut invited = 0;
    while let Some(outcome) = requests.join_next().await {
        let (number, result) = outcome.unwrap();
        match number % 4 {
            0 => match result {
                Ok(_) => invited += 1,
                Err(rejection) => {
                    let again = InviteError::AlreadyInvited("same@example.com".to_owned());
                    assert_eq!(rejection, Rejection::UseCase(again));
                }
            },
            1 => assert_eq!(result.unwrap_err(), Rejection::Caller(ResolveError::UnknownPerson)),
            2 => assert_eq!(result.unwrap_err(), Rejection::NotUnderstood),
            _ => assert!(result.unwrap().answer.body.ends_with(&format!(" guest{number}@example.com"))),
        }
    }
    assert_eq!(invited, 1);
}

#[tokio::test]
async fn a_request_with_a_known_key_is_answered_again_and_done_once() {
    let scene = Scene::new();
    let app = app(&scene, Arc::clone(&scene.store), 4);
    let keyed = |body: &[u8]| Call {
        key: Some(app.idempotency_key("k".to_owned(), &[b"POST", body])),
        ..creation("joe@example.com")
    };
    let first = done(app.invitations().create(keyed(b"joe"), rendered()).await);
    assert_eq!(first, ("1 joe@example.com".to_owned(), false));
    let again = done(app.invitations().create(keyed(b"joe"), rendered()).await);
    assert_eq!(again, ("1 joe@example.com".to_owned(), true));
    let other = app.invitations().create(keyed(b"ann"), rendered()).await.result;
    assert_eq!(other.unwrap_err(), Rejection::Key(KeyError::OtherRequest));
    assert_eq!(scene.audited_actions().iter().filter(|action| **action == "invitation.created").count(), 1);
}

/// A rejection rolls the unit back, and the key with it.
#[tokio::test]
async fn a_rejected_request_keeps_no_key() {
    let scene = Scene::new();
    let app = app(&scene, Arc::clone(&scene.store), 4);
    let taken = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let keyed =
        || Call { key: Some(app.idempotency_key("k".to_owned(), &[b"POST"])), ..creation("joe@example.com") };
    let rejected = app.invitations().create(keyed(), rendered()).await.result.unwrap_err();
    assert_eq!(rejected, Rejection::UseCase(InviteError::AlreadyInvited("joe@example.com".to_owned())));
    scene.revoke(&taken);
    scene.clock.advance(scene.env.policy.resend_interval);
    assert_eq!(
        done(app.invitations().create(keyed(), rendered()).await),
        ("2 joe@example.com".to_owned(), false)
    );
}

#[tokio::test]
async fn the_write_limit_counts_rejected_requests_and_those_that_are_not_understood() {
    let mut scene = Scene::new();
    scene.env.policy.writes_per_hour = 3;
    let app = app(&scene, Arc::clone(&scene.store), 4);
    let not_understood = || Call { command: None, ..creation("joe@example.com") };
    let mut remaining = Vec::new();
    for call in [creation("joe@example.com"), creation("joe@example.com"), not_understood()] {
        let outcome = app.invitations().create(call, rendered()).await;
        remaining.push(outcome.quota.unwrap().remaining());
    }
    assert_eq!(remaining, [2, 1, 0]);
    let outcome = app.invitations().create(not_understood(), rendered()).await;
    assert!(matches!(outcome.result, Err(Rejection::WriteLimit(_))), "the limit comes first");
    assert!(outcome.quota.unwrap().is_exceeded());
}

/// Its write is not counted for any person, so it needs no unit of work.
#[tokio::test]
async fn a_link_request_that_is_not_understood_is_rejected_at_once() {
    let scene = Scene::new();
    let app = app(&scene, Arc::clone(&scene.store), 4);
    let call = Call {
        context: RequestContext::internal(),
        caller: usher_app::LinkCaller::Anonymous(None),
        key: None,
        command: None,
    };
    let outcome = app.links().decline(call, Arc::new(|()| panic!("nothing is rendered"))).await;
    assert_eq!(outcome.result.unwrap_err(), Rejection::NotUnderstood);
}

/// Malformed requests of callers who may not act in the account, and of unknown ones, say nothing about the request.
#[tokio::test]
async fn a_stranger_learns_nothing_about_its_request_with_and_without_a_limit() {
    for writes_per_hour in [0, 10] {
        let mut scene = Scene::new();
        scene.env.policy.writes_per_hour = writes_per_hour;
        let app = app(&scene, Arc::clone(&scene.store), 4);
        let call =
            Call { caller: credential("stranger@example.com"), command: None, ..creation("joe@example.com") };
        let rejection = app.invitations().create(call, rendered()).await.result.unwrap_err();
        assert_eq!(rejection, Rejection::Caller(ResolveError::UnknownPerson), "limit {writes_per_hour}");
    }
}

/// More keyed requests at once than runners: only permits limit them.
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_requests_with_keys_all_succeed() {
    let scene = Scene::new();
    let app = Arc::new(app(&scene, Arc::clone(&scene.store), 2));
    let mut requests = JoinSet::new();
    for number in 0..64 {
        let app = Arc::clone(&app);
        requests.spawn(async move {
            let key = app.idempotency_key(format!("key {number}"), &[b"POST"]);
            let call = Call { key: Some(key), ..creation(&format!("guest{number}@example.com")) };
            app.invitations().create(call, rendered()).await.result.is_ok()
        });
    }
    assert!(requests.join_all().await.into_iter().all(|created| created));
}
