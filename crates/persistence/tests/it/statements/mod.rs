//! The number of statements of each operation, and the index of each statement.

mod operations;
mod plans;

use std::cell::RefCell;

use chrono::DateTime;
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use operations::{OPERATIONS, Operation, Sample};
use usher_domain::{
    idempotency::Answer,
    invitation::SecureId,
    port::{
        Store, StoreError, Tx,
        store::{
            Counting,
            Mode::{self, Read, Write},
            Unit, Verdict,
        },
    },
    principal::Credential,
    quota::{Window, WriteCount},
    usecase::{
        idempotency::{KeyError, keep, take},
        invite::InviteError,
        open_link::{LinkView, open_link},
    },
};

use crate::{
    scene::Scene,
    support::{Postgres, Sqlite, TestDatabase, on_both},
};

on_both! {
    every_operation_is_one_statement,
    a_link_without_its_key_costs_one_look_up,
    a_key_costs_two_statements_more,
}

thread_local! {
    /// The statements that this thread has sent while it listens.
    static SENT: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

struct Listener;

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let sent = match event {
            InstrumentationEvent::StartQuery { query, .. } => query.to_string(),
            InstrumentationEvent::CacheQuery { sql, .. } => format!("PREPARE {sql}"),
            _ => return,
        };
        // The time that a group waits for SQLite's lock depends on the clock, and costs no access to the file.
        if sent.starts_with("PRAGMA busy_timeout") {
            return;
        }
        SENT.with_borrow_mut(|heard| heard.iter_mut().for_each(|heard| heard.push(sent.clone())));
    }
}

/// Listens on every connection that is opened from now on.
fn listen() {
    set_default_instrumentation(|| Some(Box::new(Listener))).unwrap();
}

/// The statements of an operation, including those of its transaction.
fn statements(store: &dyn Store, sample: &Sample, operation: &Operation) -> Vec<String> {
    sent_by(store, operation.name, operation.mode, |tx| (operation.run)(tx, sample))
}

/// The statements of a unit, including those of its transaction, once every statement has been prepared.
fn sent_by(
    store: &dyn Store,
    name: &'static str,
    mode: Mode,
    run: impl Fn(&mut dyn Tx) -> Result<(), StoreError>,
) -> Vec<String> {
    let unit = || {
        let mut work = |tx: &mut dyn Tx| run(tx).map(|()| Verdict::Rollback);
        store.run(Unit::new(name, mode), &mut work).unwrap();
    };
    unit();
    SENT.set(Some(Vec::new()));
    unit();
    SENT.take().unwrap()
}

fn on_sqlite(place: &dyn TestDatabase) -> bool {
    place.url().starts_with("sqlite:")
}

/// The number of statements that begin and end a unit, including its savepoint if units share transactions.
fn around(place: &dyn TestDatabase, mode: Mode) -> usize {
    if on_sqlite(place) && mode == Write { 4 } else { 2 }
}

fn every_operation_is_one_statement(place: &dyn TestDatabase) {
    listen();
    let sample = Sample::new(place);
    let store = place.replica();
    for operation in &OPERATIONS {
        let sent = statements(&store, &sample, operation);
        let most = if on_sqlite(place) { operation.most_on_sqlite } else { operation.most };
        assert_eq!(sent.len(), most + around(place, operation.mode), "{}: {sent:#?}", operation.name);
    }
}

/// Open, closed and unknown invitations have the same cost, so the cost does not tell them apart.
fn a_link_without_its_key_costs_one_look_up(place: &dyn TestDatabase) {
    listen();
    let scene = Scene::new(place);
    let store: &dyn Store = place.store();
    let open = scene.invite(store, "ada@example.com").unwrap();
    let ended = scene.invite(store, "grace@example.com").unwrap();
    scene.revoke(store, ended.id).unwrap();
    let unknown = SecureId::parse(&"x".repeat(30)).unwrap();
    let replica = place.replica();
    for secure_id in [&open.secure_id, &ended.secure_id, &unknown] {
        for key in [None, Some("wrong")] {
            let sent = sent_by(&replica, "open_link", Read, |tx| {
                assert_eq!(open_link(tx, &scene.env, secure_id, key)?, LinkView::Unknown);
                Ok(())
            });
            assert_eq!(sent.len(), 3, "{secure_id} with {key:?}: {sent:#?}");
        }
    }
}

/// One statement takes the key and one keeps the answer. A repeated answer costs two statements instead of the work.
fn a_key_costs_two_statements_more(place: &dyn TestDatabase) {
    listen();
    let scene = Scene::new(place);
    let replica = place.replica();
    let invite = |tx: &mut dyn Tx| {
        scene.invite_in(tx, "ada@example.com").map(drop).map_err(|error| match error {
            InviteError::Store(error) => error,
            refusal => panic!("{refusal}"),
        })
    };
    let keyed = scene.keyed(1, "invite");
    let answer = Answer { status: 204, content_type: None, body: String::new() };
    let once = |tx: &mut dyn Tx| {
        let taken = take(tx, &scene.env, &keyed).map_err(of_store)?;
        assert_eq!(taken, None);
        invite(tx)?;
        keep(tx, &keyed, &answer)
    };
    let plain = sent_by(&replica, "plain", Write, invite);
    // Three look-ups and four insertions, between begin and end. On SQLite a mail is two insertions.
    let more = usize::from(on_sqlite(place));
    assert_eq!(plain.len(), 3 + 4 + more + around(place, Write), "{plain:#?}");
    let with_key = sent_by(&replica, "with a key", Write, once);
    assert_eq!(with_key.len(), plain.len() + 2, "{with_key:#?}");
    assert!(!plain.iter().any(|statement| statement.contains("idempotency_key")), "{plain:#?}");
    let store: &dyn Store = place.store();
    store.write("once", once).unwrap();
    let again = sent_by(&replica, "again", Write, |tx| {
        assert_eq!(take(tx, &scene.env, &keyed).map_err(of_store)?, Some(answer.clone()));
        Ok(())
    });
    assert_eq!(again.len(), 2 + around(place, Write), "{again:#?}");
}

fn of_store(error: KeyError) -> StoreError {
    match error {
        KeyError::Store(error) => error,
        refusal => panic!("{refusal}"),
    }
}

/// The statements of a counted unit without work, including those of its transaction, once every statement has been prepared.
fn sent_by_count(store: &dyn Store, credentials: &[&Credential]) -> Vec<String> {
    let now = DateTime::UNIX_EPOCH;
    let counting = Counting { credentials, window: Window::of(now), now };
    let count = || {
        let unit = |_: &mut dyn Tx, counts: &[Option<WriteCount>]| {
            assert!(counts.len() == credentials.len() && counts.iter().all(Option::is_some));
            Ok(Verdict::Rollback)
        };
        store.run_counted(Unit::new("count", Write), &counting, &mut { unit }).unwrap();
    };
    count();
    SENT.set(Some(Vec::new()));
    count();
    SENT.take().unwrap()
}

/// One statement per kind of credential, for any number of writes, outside of the transaction.
#[test]
fn counts_are_one_statement_before_the_unit_on_postgres() {
    listen();
    let place = Postgres::migrated();
    let sample = Sample::new(&place);
    let store = place.replica();
    let [principal, token] = &sample.credentials;
    for (writers, statements) in [
        (&[principal][..], 1),
        (&[token], 1),
        (&[principal, principal, principal], 1),
        (&[token, principal, token, principal], 2),
    ] {
        let sent = sent_by_count(&store, writers);
        let (counts, unit) = sent.split_at(statements);
        assert!(counts.iter().all(|sent| sent.contains("INSERT INTO write_count")), "{sent:#?}");
        assert!(unit.len() == 2 && unit[0].starts_with("BEGIN"), "{sent:#?}");
    }
}

/// One statement per writer, for any number of writes; the unit's flush covers them.
#[test]
fn counts_are_in_the_transaction_of_the_unit_on_sqlite() {
    listen();
    let place = Sqlite::migrated();
    let sample = Sample::new(&place);
    let store = place.replica();
    let [principal, token] = &sample.credentials;
    for (writers, statements) in
        [(&[principal][..], 1), (&[token], 1), (&[principal, principal], 1), (&[token, principal, token], 2)]
    {
        let sent = sent_by_count(&store, writers);
        let [begin, counts @ .., savepoint, back, commit] = sent.as_slice() else { panic!("{sent:#?}") };
        assert_eq!([begin.as_str(), commit], ["BEGIN IMMEDIATE", "COMMIT"]);
        assert!(savepoint.starts_with("SAVEPOINT") && back.starts_with("ROLLBACK TO"), "{sent:#?}");
        assert!(counts.iter().all(|sent| sent.starts_with("INSERT INTO write_count")), "{sent:#?}");
        assert_eq!(counts.len(), statements);
    }
}
