//! The check of readiness.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta};
use diesel::{Connection as _, connection::SimpleConnection as _};
use usher_domain::{
    port::{Clock, Store, StoreError},
    testkit::FixedClock,
};
use usher_persistence::{DatabaseOptions, DieselStore};
use usher_testbed::{Forwarder, PostgresServer};

use crate::{
    scene::{Scene, new_person},
    support::{Postgres, TestDatabase, on_both, options},
};

on_both! {
    a_check_needs_no_free_connection_and_keeps_nothing,
    a_check_passes_while_a_unit_writes,
    a_full_disk_is_not_ready_until_there_is_room,
}

fn check(store: &DieselStore) -> Result<(), StoreError> {
    store.check(&FixedClock::default()).map(drop)
}

fn a_check_needs_no_free_connection_and_keeps_nothing(place: &dyn TestDatabase) {
    let narrow = DatabaseOptions { pool_size: 1, ..options(&place.url()) };
    let store = DieselStore::open(&narrow).unwrap();
    let used: &dyn Store = &store;
    used.read("takes the connection", |tx| {
        tx.accounts()?;
        check(&store)?;
        check(&store)
    })
    .unwrap();
    place.execute("INSERT INTO readiness_check (id, filler) VALUES (1, '')");
    assert_eq!(check(&store), Ok(()), "the row of another check does not matter");
}

fn a_check_passes_while_a_unit_writes(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let store: &dyn Store = place.store();
    store
        .write("hold locks", |tx| {
            tx.insert_person(&new_person(&scene.env, "ada@example.com"))?;
            check(place.store())
        })
        .unwrap();
}

/// The database reports a full disk to the writes that need room, which the ordinary check does not.
fn a_full_disk_is_not_ready_until_there_is_room(place: &dyn TestDatabase) {
    const FULL: &str = "database or disk is full";
    let scene = Scene::new(place);
    let store = DieselStore::open(&options(&place.url())).unwrap();
    let is_postgres = place.url().starts_with("postgres");
    let (function, body) = if is_postgres {
        let raise = format!("RAISE EXCEPTION '{FULL}' USING ERRCODE = 'disk_full'");
        let function = format!(
            "CREATE FUNCTION fill_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {raise}; END $$;"
        );
        (function, "EXECUTE FUNCTION fill_disk()".to_owned())
    } else {
        (String::new(), format!("BEGIN SELECT RAISE(ABORT, '{FULL}'); END"))
    };
    place.execute(&format!(
        "{function} CREATE TRIGGER fill_person BEFORE INSERT ON person FOR EACH ROW {body};
         CREATE TRIGGER fill_check BEFORE INSERT ON readiness_check FOR EACH ROW WHEN (length(NEW.filler) > 1000) {body}"
    ));
    assert_eq!(check(&store), Ok(()));
    let used: &dyn Store = &store;
    let write = |address: &str| {
        used.write("insert", |tx| tx.insert_person(&new_person(&scene.env, address)).map(drop))
    };
    let full = StoreError::Unreachable(FULL.to_owned());
    assert_eq!(write("ada@example.com"), Err(full.clone()));
    assert_eq!(check(&store), Err(full.clone()));
    assert_eq!(check(&store), Err(full));
    let on = |table| if is_postgres { format!(" ON {table}") } else { String::new() };
    place.execute(&format!(
        "DROP TRIGGER fill_person{}; DROP TRIGGER fill_check{}",
        on("person"),
        on("readiness_check")
    ));
    assert_eq!(check(&store), Ok(()));
    assert_eq!(write("ada@example.com"), Ok(()));
}

#[test]
fn a_check_waits_for_no_lock_on_other_tables() {
    let place = Postgres::migrated();
    let waiting = place.database.sql("SELECT count(*) FROM delivery").unwrap();
    assert_eq!(waiting, "0");
    let mut holder = diesel::PgConnection::establish(&place.url()).unwrap();
    holder.batch_execute("BEGIN; LOCK TABLE delivery, invitation, account IN ACCESS EXCLUSIVE MODE").unwrap();
    assert_eq!(check(place.store()), Ok(()));
}

#[test]
fn a_check_fails_on_a_frozen_server_and_recovers() {
    let place = Postgres::migrated();
    let proxy = Forwarder::start(place.database.url()).unwrap();
    let store = DieselStore::open(&options(proxy.url())).unwrap();
    assert_eq!(check(&store), Ok(()));
    proxy.freeze();
    let began = Instant::now();
    let end = check(&store);
    assert!(matches!(end, Err(StoreError::Unreachable(_))), "{end:?}");
    assert!(began.elapsed() < Duration::from_secs(30), "its own limit, not the one of calls");
    proxy.thaw();
    assert_eq!(check(&store), Ok(()));
}

/// Lets new sessions write or not, as on a standby.
fn set_read_only(place: &Postgres, value: &str) {
    let name = place.database.sql("SELECT current_database()").unwrap();
    let server = PostgresServer::shared().unwrap();
    server.sql(&format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = {value}")).unwrap();
}

/// A store whose connections all lead to a server that is read-only, and a name that now leads to one that is not.
fn after_failover(place: &Postgres) -> DieselStore {
    set_read_only(place, "on");
    let store = DieselStore::open(&options(&place.url())).unwrap();
    open_connections(&store, 3);
    let end = check(&store);
    assert!(matches!(end, Err(StoreError::Unreachable(_))), "{end:?}");
    open_connections(&store, 3);
    set_read_only(place, "off");
    store
}

fn open_connections(store: &dyn Store, further: usize) {
    store
        .read("one more", |tx| {
            tx.accounts()?;
            if further > 0 {
                open_connections(store, further - 1);
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn one_rejected_write_replaces_all_read_only_connections() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let store = after_failover(&place);
    let store: &dyn Store = &store;
    let write = |address: &str| {
        store.write("insert", |tx| tx.insert_person(&new_person(&scene.env, address)).map(drop))
    };
    let first = write("ada@example.com");
    assert!(matches!(first, Err(StoreError::Unreachable(_))), "{first:?}");
    for n in 0..5 {
        assert_eq!(write(&format!("p{n}@example.com")), Ok(()));
    }
}

#[test]
fn a_check_replaces_read_only_connections_before_any_write_fails() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    set_read_only(&place, "on");
    let store = DieselStore::open(&options(&place.url())).unwrap();
    open_connections(&store, 3);
    set_read_only(&place, "off");
    let end = check(&store);
    assert!(matches!(end, Err(StoreError::Unreachable(_))), "{end:?}");
    assert_eq!(check(&store), Ok(()));
    let store: &dyn Store = &store;
    store.write("insert", |tx| tx.insert_person(&new_person(&scene.env, "ada@example.com"))).unwrap();
}

#[test]
fn a_check_compares_the_clocks() {
    let place = Postgres::migrated();
    for minutes in [-10, 0, 10] {
        let now = place.database.sql("SELECT extract(epoch FROM clock_timestamp())").unwrap();
        let now = DateTime::from_timestamp(now.split('.').next().unwrap().parse().unwrap(), 0).unwrap();
        let clock = FixedClock::default();
        clock.advance(now + TimeDelta::minutes(minutes) - clock.now());
        let reading = place.store().check(&clock).unwrap();
        let ahead = reading.ahead + TimeDelta::minutes(minutes);
        assert!((TimeDelta::zero()..TimeDelta::minutes(1)).contains(&ahead), "{minutes}: {reading:?}");
        assert_eq!(reading.uncertainty, TimeDelta::zero(), "this clock stands still");
    }
}
