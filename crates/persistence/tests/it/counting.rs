//! Counts of writes: distinct numbers across replicas, independent of units of work and their locks.

use std::{
    collections::BTreeSet,
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use diesel::{Connection as _, PgConnection, connection::SimpleConnection as _};
use usher_domain::{
    Timestamp,
    port::{Store, StoreError, store::Counting},
    principal::Credential,
    quota::Window,
    testkit::credential,
};

use crate::{
    scene::{Scene, THREADS, new_person},
    support::{Postgres, Sqlite, TestDatabase, on_both, soon},
};

on_both! {
    replicas_never_answer_the_same_number,
    counts_of_several_people_do_not_block_each_other,
}

/// Counts writes at a moment, with a unit that does nothing else.
fn count_all(
    store: &dyn Store,
    credentials: &[&Credential],
    now: Timestamp,
) -> Result<Vec<Option<u64>>, StoreError> {
    let counting = Counting { credentials, window: Window::of(now), now };
    store.write_counted("count", &counting, |_, counts| {
        Ok(counts.iter().map(|count| count.map(|count| count.writes)).collect())
    })
}

/// Counts a write of the owner at a moment.
fn count(scene: &Scene, store: &dyn Store, now: Timestamp) -> Result<Option<u64>, StoreError> {
    Ok(count_all(store, &[&scene.credential()], now)?[0])
}

fn replicas_never_answer_the_same_number(place: &dyn TestDatabase) {
    const EACH: usize = 10;
    let scene = Scene::new(place);
    let numbers = scene.race(|_, store| {
        (0..EACH).map(|_| count(&scene, store, scene.now()).unwrap().unwrap()).collect::<Vec<_>>()
    });
    let numbers: BTreeSet<_> = numbers.into_iter().flatten().collect();
    assert_eq!(numbers, (1..=u64::try_from(THREADS * EACH).unwrap()).collect());
}

/// Whatever the order of the writes, there is neither a double count nor a deadlock.
fn counts_of_several_people_do_not_block_each_other(place: &dyn TestDatabase) {
    const EACH: usize = 10;
    let scene = Scene::new(place);
    let store: &dyn Store = place.store();
    let people = ["ada@example.com", "grace@example.com", "joan@example.com"].map(|address| {
        store.write("insert", |tx| tx.insert_person(&new_person(&scene.env, address))).unwrap();
        credential(address)
    });
    let orders = [[0, 1, 2, 0], [2, 0, 1, 0], [1, 0, 0, 2]];
    let numbers = scene.race(|index, store| {
        let order = orders[index % orders.len()];
        let credentials = order.map(|person| &people[person]);
        let count = |_| order.into_iter().zip(count_all(store, &credentials, scene.now()).unwrap());
        (0..EACH).flat_map(count).collect::<Vec<_>>()
    });
    let numbers: BTreeSet<_> = numbers.into_iter().flatten().collect();
    let each = u64::try_from(THREADS * EACH).unwrap();
    let of_person = |(person, writes)| (1..=writes).map(move |number| (person, Some(number)));
    let expected = [(0, 2 * each), (1, each), (2, each)].into_iter().flat_map(of_person);
    assert_eq!(numbers, expected.collect());
}

#[test]
fn a_count_does_not_wait_for_a_unit_on_postgres() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let (store, other): (&dyn Store, &dyn Store) = (place.store(), &scene.replicas[0]);
    store
        .write("count in between", |tx| {
            tx.update_person(&scene.owner.person)?;
            // The first one inserts the row, the second one updates it.
            assert_eq!(count(&scene, other, scene.now()), Ok(Some(1)));
            assert_eq!(count(&scene, other, scene.now()), Ok(Some(2)));
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn a_count_waits_for_a_unit_on_sqlite() {
    let place = Sqlite::migrated();
    let scene = Scene::new(&place);
    let (store, other): (&dyn Store, &dyn Store) = (place.store(), &scene.replicas[0]);
    let both_begin = Barrier::new(2);
    let unit_has_ended = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            both_begin.wait();
            assert_eq!(count(&scene, other, scene.now()), Ok(Some(1)));
            assert!(unit_has_ended.load(Ordering::SeqCst));
        });
        store
            .write("write beside a count", |tx| {
                tx.update_person(&scene.owner.person)?;
                both_begin.wait();
                for _ in 0..THREADS {
                    tx.person(scene.owner.person.id)?;
                }
                unit_has_ended.store(true, Ordering::SeqCst);
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
    assert_eq!(count(&scene, store, scene.now()), Ok(Some(2)));
}

/// The count has found the person, waits for the deletion, and starts again.
#[test]
fn a_person_who_is_deleted_meanwhile_is_nobody() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let mut operator = PgConnection::establish(&place.url()).unwrap();
    operator.batch_execute("BEGIN; DELETE FROM person").unwrap();
    thread::scope(|scope| {
        let counted = scope.spawn(|| count(&scene, place.store(), scene.now()));
        soon(|| {
            let waiting = place.database.sql(
                "SELECT 1 FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock'",
            );
            if waiting.unwrap() == "1" { Ok(()) } else { Err("it does not wait") }
        });
        operator.batch_execute("COMMIT").unwrap();
        assert_eq!(counted.join().unwrap(), Ok(None));
    });
}
