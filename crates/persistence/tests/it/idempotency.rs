//! Idempotency keys on many replicas at once: one unit does the work, and no answer is wrong.

use std::cell::Cell;

use usher_domain::{
    idempotency::Answer,
    port::{Store, StoreError, Tx},
    usecase::idempotency::{KeyError, Keyed, forget_stale, keep, take},
};

use crate::{
    scene::{Scene, THREADS},
    support::{Postgres, TestDatabase, on_both},
};

on_both! {
    one_of_many_does_the_work,
    answers_are_forgotten_by_many,
}

fn answer(body: &str) -> Answer {
    Answer { status: 200, content_type: Some("text/plain".to_owned()), body: body.to_owned() }
}

/// Invites once, in the unit of the key. A rejection of the work, which only a race could cause, ends the test.
fn invite_once(scene: &Scene, tx: &mut dyn Tx, keyed: &Keyed, address: &str) -> Result<Answer, KeyError> {
    if let Some(answer) = take(tx, &scene.env, keyed)? {
        return Ok(answer);
    }
    let invitation = scene.invite_in(tx, address).unwrap();
    let answer = answer(&invitation.id.to_string());
    keep(tx, keyed, &answer)?;
    Ok(answer)
}

fn one_of_many_does_the_work(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    for round in 1..=4 {
        let (keyed, address) = (scene.keyed(round, "invite"), format!("ada{round}@example.com"));
        let ends = scene.race(|_, store| {
            let once = || store.write("once", |tx| invite_once(&scene, tx, &keyed, &address));
            (0..1000).map(|_| once()).find(|end| *end != Err(KeyError::InFlight)).unwrap()
        });
        assert!(ends[0].is_ok(), "{ends:?}");
        assert_eq!(ends, vec![ends[0].clone(); THREADS], "every caller has the same answer");
    }
    let store: &dyn Store = place.store();
    let now = scene.now();
    let open = store.read("count", |tx| tx.count_open_invitations(scene.owner.account.id, now));
    assert_eq!(open, Ok(4));
}

fn answers_are_forgotten_by_many(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let store: &dyn Store = place.store();
    for n in 1..=40 {
        let keyed = scene.keyed(n, "nothing");
        let end = store.write("once", |tx| {
            take(tx, &scene.env, &keyed)?;
            keep(tx, &keyed, &answer("done")).map_err(KeyError::from)
        });
        assert_eq!(end, Ok(()));
    }
    scene.clock.advance(usher_domain::idempotency::RETENTION);
    let forget = |store: &dyn Store| store.write("forget", |tx| forget_stale(tx, &scene.env, 100));
    let ends = scene.race(|_, store| forget(store));
    // A sweep that was contended too often is repeated later; nothing is counted twice.
    let told = |end: &Result<usize, StoreError>| matches!(end, Ok(_) | Err(StoreError::Contended));
    assert!(ends.iter().all(told), "{ends:?}");
    assert_eq!(ends.into_iter().flatten().sum::<usize>(), 40);
    assert_eq!(forget(store), Ok(0));
}

/// The unit does not wait for the other one.
#[test]
fn a_key_of_an_open_unit_is_in_flight_at_other_replicas_of_postgres() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let (store, other): (&dyn Store, &dyn Store) = (place.store(), &scene.replicas[0]);
    let keyed = scene.keyed(1, "invite");
    let once = |store: &dyn Store, keyed: &Keyed| {
        store.write("once", |tx| invite_once(&scene, tx, keyed, "ada@example.com"))
    };
    let first = store.write("first", |tx| {
        let answer = invite_once(&scene, tx, &keyed, "ada@example.com")?;
        assert_eq!(once(other, &keyed), Err(KeyError::InFlight));
        assert_eq!(once(other, &scene.keyed(1, "revoke")), Err(KeyError::InFlight), "whatever it asks for");
        Ok::<_, KeyError>(answer)
    });
    assert_eq!(once(other, &keyed), first);
    assert_eq!(once(other, &scene.keyed(1, "revoke")), Err(KeyError::OtherRequest));
}

/// The unit read the account before the other unit began, and gets the lock after the other unit ended. It must not
/// reject the request because of its old snapshot.
#[test]
fn a_unit_with_an_old_picture_gives_the_answer_that_it_cannot_see_on_postgres() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let (store, other): (&dyn Store, &dyn Store) = (place.store(), &scene.replicas[0]);
    let (keyed, runs) = (scene.keyed(1, "invite"), Cell::new(0));
    let first = Cell::new(None);
    let second = store.write("second", |tx| {
        runs.set(runs.get() + 1);
        tx.account(scene.owner.account.id)?;
        if runs.get() == 1 {
            let end = other.write("first", |tx| invite_once(&scene, tx, &keyed, "ada@example.com"));
            first.set(Some(end));
        }
        invite_once(&scene, tx, &keyed, "ada@example.com")
    });
    assert!(second.is_ok());
    assert_eq!((Some(second), runs.get()), (first.take(), 2));
}
