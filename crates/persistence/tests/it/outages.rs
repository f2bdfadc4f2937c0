//! Databases and units of work that fail: the error, the stored state, and the recovery without intervention.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Barrier,
    thread,
    time::Duration,
};

use diesel::{Connection as _, PgConnection, connection::SimpleConnection as _};
use usher_domain::{
    id::PersonId,
    person::Person,
    port::{Store, StoreError, store::Counting},
    quota::Window,
};
use usher_persistence::{DatabaseOptions, DieselStore};
use usher_testbed::PostgresServer;

use crate::{
    scene::{Scene, new_person, text},
    support::{Postgres, TestDatabase, on_both, options, soon},
};

on_both! {
    a_reading_unit_sees_one_picture,
    a_panic_writes_nothing_and_affects_no_other_unit,
}

fn people(store: &dyn Store, scene: &Scene) -> Result<usize, StoreError> {
    store.read("people", |tx| {
        let addresses = ["ada@example.com", "grace@example.com"];
        let people = addresses.map(|address| tx.person_by_email(&new_person(&scene.env, address).email));
        people.into_iter().map(|person| person.map(|person| usize::from(person.is_some()))).sum()
    })
}

fn a_reading_unit_sees_one_picture(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let (store, other): (&dyn Store, _) = (place.store(), place.replica());
    let email = new_person(&scene.env, "ada@example.com").email;
    store
        .read("look twice", |tx| {
            assert_eq!(tx.person_by_email(&email)?, None);
            let other: &dyn Store = &other;
            let new = new_person(&scene.env, "ada@example.com");
            other.write("insert in between", |tx| tx.insert_person(&new))?;
            assert_eq!(tx.person_by_email(&email)?, None);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(people(store, &scene), Ok(1));
}

fn a_panic_writes_nothing_and_affects_no_other_unit(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let store: &dyn Store = place.store();
    let new = new_person(&scene.env, "ada@example.com");
    for _ in 0..3 {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let end: Result<(), StoreError> = store.write("panic", |tx| {
                tx.insert_person(&new)?;
                panic!("on purpose")
            });
            end
        }));
        assert!(panicked.is_err());
    }
    assert_eq!(people(store, &scene), Ok(0));
    store.write("go on", |tx| tx.insert_person(&new)).unwrap();
    assert_eq!(people(store, &scene), Ok(1));
}

/// Ends every connection to the database except its own.
fn terminate(place: &Postgres) {
    place.execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
}

#[test]
fn connections_that_died_in_the_pool_go_unnoticed() {
    const CONNECTIONS: usize = 5;
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let store: &dyn Store = place.store();
    for _ in 0..3 {
        let together = Barrier::new(CONNECTIONS);
        let unit = || {
            store.read("together", |tx| {
                tx.account(scene.owner.account.id)?;
                together.wait();
                Ok::<_, StoreError>(())
            })
        };
        thread::scope(|scope| {
            let units: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(unit)).collect();
            for unit in units {
                unit.join().unwrap().unwrap();
            }
        });
        terminate(&place);
        assert_eq!(people(store, &scene), Ok(0));
    }
}

#[test]
fn connections_that_died_in_the_pool_go_unnoticed_by_counts() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let store: &dyn Store = place.store();
    let credential = scene.credential();
    let counting =
        Counting { credentials: &[&credential], window: Window::of(scene.now()), now: scene.now() };
    for number in 1..=3 {
        let counted = store.write_counted("count", &counting, |_, counts| Ok::<_, StoreError>(counts[0]));
        assert_eq!(counted.unwrap().map(|count| count.writes), Some(number));
        terminate(&place);
    }
}

/// A server that crashes closes its connections without a message, which diesel reports differently from a terminated
/// session.
#[test]
fn connections_of_a_server_that_crashed_go_unnoticed_once_it_is_back() {
    let server = PostgresServer::start().unwrap();
    let database = server.create_database().unwrap();
    let store = DieselStore::open(&options(database.url())).unwrap();
    store.migrations().run().unwrap();
    let store: &dyn Store = &store;
    assert!(store.read("accounts", |tx| tx.accounts()).unwrap().is_empty());
    // A throwaway cluster does not flush, so a crash would lose the tables.
    database.sql("CHECKPOINT").unwrap();
    let mut witness = PgConnection::establish(database.url()).unwrap();
    // When one of its processes is killed, here that of psql, PostgreSQL ends all of them and restarts.
    let kill = "DO $$ BEGIN
        EXECUTE format('COPY (SELECT 1) TO PROGRAM %L', 'kill -KILL ' || pg_backend_pid());
    END $$";
    server.sql(kill).unwrap_err();
    // psql may return before PostgreSQL has noticed. The restart ends this session, and no session starts until it is done.
    witness.batch_execute("SELECT pg_sleep(60)").unwrap_err();
    soon(|| server.sql("SELECT 1"));
    for _ in 0..3 {
        assert!(store.read("accounts", |tx| tx.accounts()).unwrap().is_empty());
    }
}

#[test]
fn a_connection_that_dies_inside_a_unit_fails_it_and_is_replaced() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let store: &dyn Store = place.store();
    let mut runs = 0;
    let end: Result<(), StoreError> = store.write("die between statements", |tx| {
        runs += 1;
        tx.insert_person(&new_person(&scene.env, "ada@example.com"))?;
        terminate(&place);
        tx.insert_person(&new_person(&scene.env, "grace@example.com")).map(drop)
    });
    assert!(matches!(end, Err(StoreError::Unreachable(_))), "{end:?}");
    let end: Result<(), StoreError> = store.write("die before the commit", |tx| {
        runs += 1;
        tx.insert_person(&new_person(&scene.env, "ada@example.com"))?;
        terminate(&place);
        Ok(())
    });
    assert!(matches!(end, Err(StoreError::Unreachable(_))), "{end:?}");
    let end: Result<(), StoreError> = store.read("die while reading", |tx| {
        runs += 1;
        tx.accounts()?;
        terminate(&place);
        tx.accounts().map(drop)
    });
    assert!(matches!(end, Err(StoreError::Unreachable(_))), "{end:?}");
    assert_eq!(runs, 3);
    assert_eq!(people(store, &scene), Ok(0));
    store.write("go on", |tx| tx.insert_person(&new_person(&scene.env, "ada@example.com"))).unwrap();
    assert_eq!(people(store, &scene), Ok(1));
}

#[test]
fn a_stopped_server_is_unreachable_in_time() {
    let server = PostgresServer::start().unwrap();
    let database = server.create_database().unwrap();
    let impatient =
        DatabaseOptions { acquire_timeout: Duration::from_millis(100), ..options(database.url()) };
    let store = DieselStore::open(&impatient).unwrap();
    store.migrations().run().unwrap();
    let store: &dyn Store = &store;
    // On a busy machine connecting may take longer than the short timeout.
    soon(|| store.read("accounts", |tx| tx.accounts()));
    drop(server);
    for _ in 0..3 {
        let end = store.read("accounts", |tx| tx.accounts());
        assert!(matches!(end, Err(StoreError::Unreachable(_))), "{end:?}");
    }
    let end = DieselStore::open(&impatient).map(drop).unwrap_err().to_string();
    assert!(end.starts_with("PostgreSQL cannot be used: "), "{end}");
}

#[test]
fn both_units_of_a_deadlock_succeed() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let store: &dyn Store = place.store();
    let other =
        store.write("insert", |tx| tx.insert_person(&new_person(&scene.env, "ada@example.com"))).unwrap();
    let people = [scene.owner.person.id, other.id];
    let both_hold_one = Barrier::new(2);
    let rename = |order: [PersonId; 2]| {
        let mut runs = 0;
        store
            .write("rename both", |tx| {
                runs += 1;
                for (index, id) in order.into_iter().enumerate() {
                    let person = tx.person(id)?.unwrap();
                    tx.update_person(&Person { name: text("Renamed"), ..person })?;
                    if index == 0 && runs == 1 {
                        both_hold_one.wait();
                    }
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
        runs
    };
    let [first, second] = people;
    let runs = thread::scope(|scope| {
        let one = scope.spawn(|| rename([first, second]));
        let other = scope.spawn(|| rename([second, first]));
        one.join().unwrap() + other.join().unwrap()
    });
    assert!(runs > 2, "no deadlock: {runs} runs");
    for id in people {
        let person = store.read("look", |tx| tx.person(id)).unwrap().unwrap();
        assert_eq!(person.version, 2);
    }
}

/// PostgreSQL rejects the update of a row that another session has changed since the unit's first read.
#[test]
fn serialization_failures_run_again() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let store: &dyn Store = place.store();
    let id = scene.owner.person.id;
    let mut runs = 0;
    store
        .write("read, be overtaken, write", |tx| {
            runs += 1;
            let person = tx.person(id)?.unwrap();
            if runs == 1 {
                let overtaking: &dyn Store = &scene.replicas[0];
                overtaking.write("overtake", |tx| {
                    let person = tx.person(id)?.unwrap();
                    tx.update_person(&Person { email_verified: !person.email_verified, ..person })
                })?;
            }
            tx.update_person(&Person { name: text("Renamed"), ..person })
        })
        .unwrap();
    let person = store.read("look", |tx| tx.person(id)).unwrap().unwrap();
    assert_eq!((runs, person.version, person.name), (2, 2, text("Renamed")));
    assert_ne!(person.email_verified, scene.owner.person.email_verified);
}

#[test]
fn a_read_only_database_is_unreachable_for_writing() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let name = place.database.sql("SELECT current_database()").unwrap();
    place.execute(&format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = on"));
    terminate(&place);
    let store: &dyn Store = place.store();
    let end = store.write("insert", |tx| tx.insert_person(&new_person(&scene.env, "ada@example.com")));
    assert!(matches!(end, Err(StoreError::Unreachable(_))), "{end:?}");
    assert_eq!(people(store, &scene), Ok(0));
    let credential = scene.credential();
    let counting =
        Counting { credentials: &[&credential], window: Window::of(scene.now()), now: scene.now() };
    let counted: Result<(), _> = store.write_counted("count", &counting, |_, _| panic!("not counted"));
    assert!(matches!(counted, Err(StoreError::Unreachable(_))), "{counted:?}");
}
