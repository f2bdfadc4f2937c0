//! Counts of writes: numbers of their own across replicas, beside units of work and their locks.

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
    port::{Store, StoreError},
    quota::Window,
};

use crate::{
    support::{Place, Postgres, Sqlite, on_both, soon},
    world::{THREADS, World},
};

on_both! {
    replicas_never_answer_the_same_number,
}

/// Counts a write of the owner at a moment.
fn count(world: &World, store: &dyn Store, now: Timestamp) -> Result<Option<u64>, StoreError> {
    Ok(store.count_write(&world.credential(), Window::of(now), now)?.map(|count| count.writes))
}

fn replicas_never_answer_the_same_number(place: &dyn Place) {
    const EACH: usize = 10;
    let world = World::new(place);
    let numbers = world.race(|_, store| {
        (0..EACH).map(|_| count(&world, store, world.now()).unwrap().unwrap()).collect::<Vec<_>>()
    });
    let numbers: BTreeSet<_> = numbers.into_iter().flatten().collect();
    assert_eq!(numbers, (1..=u64::try_from(THREADS * EACH).unwrap()).collect());
}

#[test]
fn a_count_does_not_wait_for_a_unit_on_postgres() {
    let place = Postgres::migrated();
    let world = World::new(&place);
    let (store, other): (&dyn Store, &dyn Store) = (place.store(), &world.replicas[0]);
    store
        .write("count in between", |tx| {
            tx.update_person(&world.owner.person)?;
            // The first makes the row, and the second changes it.
            assert_eq!(count(&world, other, world.now()), Ok(Some(1)));
            assert_eq!(count(&world, other, world.now()), Ok(Some(2)));
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn a_count_waits_for_a_unit_on_sqlite() {
    let place = Sqlite::migrated();
    let world = World::new(&place);
    let (store, other): (&dyn Store, &dyn Store) = (place.store(), &world.replicas[0]);
    let both_begin = Barrier::new(2);
    let unit_has_ended = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            both_begin.wait();
            assert_eq!(count(&world, other, world.now()), Ok(Some(1)));
            assert!(unit_has_ended.load(Ordering::SeqCst));
        });
        store
            .write("write beside a count", |tx| {
                tx.update_person(&world.owner.person)?;
                both_begin.wait();
                for _ in 0..THREADS {
                    tx.person(world.owner.person.id)?;
                }
                unit_has_ended.store(true, Ordering::SeqCst);
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
    assert_eq!(count(&world, store, world.now()), Ok(Some(2)));
}

/// The count has seen the person, waits for the deletion, and then begins anew.
#[test]
fn a_person_who_is_deleted_meanwhile_is_nobody() {
    let place = Postgres::migrated();
    let world = World::new(&place);
    let mut operator = PgConnection::establish(&place.url()).unwrap();
    operator.batch_execute("BEGIN; DELETE FROM person").unwrap();
    thread::scope(|scope| {
        let counted = scope.spawn(|| count(&world, place.store(), world.now()));
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
