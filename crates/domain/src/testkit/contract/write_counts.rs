use std::{collections::BTreeSet, thread};

use chrono::TimeDelta;

use super::{
    Outcome,
    access_tokens::insert,
    sample::{Scene, digest, second, start},
};
use crate::{
    Timestamp,
    access_token::{NewAccessToken, Scope},
    port::{
        Store, StoreError,
        store::{Constraint, Counting, Mode, Unit, Verdict},
    },
    principal::Credential,
    quota::{Window, WriteCount},
    testkit,
};

fn principal(address: &str) -> Credential {
    Credential::Principal(testkit::principal(address))
}

/// Counts writes of several writers in the window of a moment, with a unit that does nothing else.
fn count(
    store: &dyn Store,
    credentials: &[&Credential],
    window: Window,
    now: Timestamp,
) -> Result<Vec<Option<WriteCount>>, StoreError> {
    store.write_counted("count", &Counting { credentials, window, now }, |_, counts| Ok(counts.to_vec()))
}

/// Counts writes in the window that contains `now`. Returns the number that each has there.
fn write_all(
    store: &dyn Store,
    credentials: &[&Credential],
    now: Timestamp,
) -> Result<Vec<Option<u64>>, StoreError> {
    let counts = count(store, credentials, Window::of(now), now)?;
    Ok(counts.into_iter().map(|count| count.map(|count| count.writes)).collect())
}

/// Counts one write in the window that contains `now`. Returns the number that it has there.
fn write(store: &dyn Store, writer: &Credential, now: Timestamp) -> Result<Option<u64>, StoreError> {
    let counts = write_all(store, &[writer], now)?;
    let [count] = counts[..] else { panic!("one write, but {counts:?}") };
    Ok(count)
}

pub(super) fn writes_are_counted_by_person_and_window(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let ada = scene.new_person("ada@example.com");
    store.write("person", |tx| tx.insert_person(&ada))?;
    let (owner, ada) = (principal("OWNER@example.com"), principal("ada@example.com"));
    for n in 1..=3 {
        assert_eq!(write(store, &owner, start())?, Some(n));
    }
    assert_eq!(write(store, &ada, start())?, Some(1));
    assert_eq!(write(store, &owner, second(3600))?, Some(1), "another window");
    assert_eq!(write(store, &owner, second(3601))?, Some(2));
    Ok(())
}

pub(super) fn a_clock_that_is_behind_counts_on_in_the_next_window(store: &dyn Store) -> Outcome {
    Scene::new(store)?;
    let owner = principal("owner@example.com");
    assert_eq!(write(store, &owner, start())?, Some(1));
    assert_eq!(write(store, &owner, second(3600))?, Some(1));
    let (now, next) = (Window::of(start()), Window::of(second(3600)));
    let counted = count(store, &[&owner], now, start())?;
    assert_eq!(counted, [Some(WriteCount { window: next.begins_at, writes: 2 })]);
    let counted = count(store, &[&owner], next, second(3600))?;
    assert_eq!(counted, [Some(WriteCount { window: next.begins_at, writes: 3 })]);
    Ok(())
}

pub(super) fn a_clock_that_was_far_ahead_locks_nobody_out(store: &dyn Store) -> Outcome {
    Scene::new(store)?;
    let owner = principal("owner@example.com");
    for hours in [2, 24 * 30] {
        assert_eq!(write(store, &owner, second(hours * 3600))?, Some(1));
        let counted = count(store, &[&owner], Window::of(start()), start())?;
        assert_eq!(counted, [Some(WriteCount { window: Window::of(start()).begins_at, writes: 1 })]);
        assert_eq!(write(store, &owner, start())?, Some(2));
    }
    Ok(())
}

pub(super) fn both_credentials_of_a_person_count_together(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    insert(store, &scene.new_access_token(1))?;
    insert(store, &scene.new_access_token(2))?;
    let tokens = [1, 2].map(|n| Credential::AccessToken(digest(n)));
    let owner = principal(scene.sponsor.email.as_str());
    assert_eq!(write(store, &tokens[0], start())?, Some(1));
    assert_eq!(write(store, &tokens[1], start())?, Some(2));
    assert_eq!(write(store, &owner, start())?, Some(3));
    Ok(())
}

pub(super) fn what_is_nobodys_is_not_counted(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let token = NewAccessToken { expires_at: Some(second(10)), ..scene.new_access_token(1) };
    insert(store, &token)?;
    insert(store, &NewAccessToken { scope: Scope::ReadOnly, ..scene.new_access_token(4) })?;
    let revoked = insert(store, &scene.new_access_token(2))?;
    store.write("revoke", |tx| tx.revoke_access_token(scene.account.id, &revoked.public_id, start()))?;
    assert_eq!(write(store, &principal("nobody@example.com"), start())?, None);
    assert_eq!(write(store, &Credential::AccessToken(digest(1)), second(10))?, None, "expired");
    assert_eq!(write(store, &Credential::AccessToken(digest(2)), second(1))?, None, "revoked");
    assert_eq!(write(store, &Credential::AccessToken(digest(3)), start())?, None, "unknown");
    assert_eq!(write(store, &Credential::AccessToken(digest(4)), start())?, None, "for reading");
    assert_eq!(write(store, &principal("owner@example.com"), start())?, Some(1));
    Ok(())
}

pub(super) fn several_writers_are_counted_at_once(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let ada = scene.new_person("ada@example.com");
    store.write("person", |tx| tx.insert_person(&ada))?;
    insert(store, &scene.new_access_token(1))?;
    let (owner, ada) = (principal("owner@example.com"), principal("ada@example.com"));
    let (nobody, unknown) = (principal("nobody@example.com"), Credential::AccessToken(digest(9)));
    assert_eq!(write(store, &ada, start())?, Some(1));
    let writers = [&ada, &nobody, &owner, &unknown];
    assert_eq!(write_all(store, &writers, start())?, [Some(2), None, Some(1), None]);
    assert_eq!(write_all(store, &[&owner, &ada], start())?, [Some(2), Some(3)]);
    assert_eq!(write_all(store, &[&nobody, &unknown], start())?, [None, None]);
    assert_eq!(write_all(store, &[], start())?, []);
    Ok(())
}

/// The numbers always differ. For one credential, they are in the order of the writes.
pub(super) fn several_writes_of_a_person_get_numbers_of_their_own(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let ada = scene.new_person("ada@example.com");
    store.write("person", |tx| tx.insert_person(&ada))?;
    insert(store, &scene.new_access_token(1))?;
    insert(store, &scene.new_access_token(2))?;
    let [one, other] = [1, 2].map(|n| Credential::AccessToken(digest(n)));
    let (owner, ada) = (principal("owner@example.com"), principal("ada@example.com"));
    let numbers = write_all(store, &[&owner, &ada, &owner, &owner], start())?;
    assert_eq!(numbers, [Some(1), Some(1), Some(2), Some(3)]);
    assert_eq!(write_all(store, &[&one, &one], start())?, [Some(4), Some(5)]);
    let numbers = write_all(store, &[&other, &owner, &ada, &one, &owner, &other], start())?;
    assert_eq!(numbers[2], Some(2));
    let own: BTreeSet<_> = [0, 1, 3, 4, 5].into_iter().filter_map(|index| numbers[index]).collect();
    assert_eq!(own, (6..=10).collect());
    assert_eq!(write_all(store, &[&owner, &owner], second(3600))?, [Some(1), Some(2)], "another window");
    assert_eq!(write_all(store, &[&owner, &owner], start())?, [Some(3), Some(4)], "counted on in the next");
    let far_behind = Window::of(start() - TimeDelta::days(1));
    let counted = count(store, &[&owner, &owner], far_behind, start())?;
    let expected = [1, 2].map(|writes| Some(WriteCount { window: far_behind.begins_at, writes }));
    assert_eq!(counted, expected);
    Ok(())
}

pub(super) fn a_rejected_write_counts(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let owner = principal("owner@example.com");
    let counting = Counting { credentials: &[&owner], window: Window::of(start()), now: start() };
    let new = scene.new_account("other");
    store.run_counted(Unit::new("reject", Mode::Write), &counting, &mut |tx, _| {
        tx.insert_account(&new)?;
        Ok(Verdict::Rollback)
    })?;
    assert_eq!(write(store, &owner, start())?, Some(2));
    let taken = scene.new_account("onward");
    let failed = store.write_counted("fail", &counting, |tx, _| {
        tx.insert_account(&new)?;
        tx.insert_account(&taken)
    });
    assert_eq!(failed, Err(StoreError::Conflict(Constraint::AccountName)));
    assert_eq!(write(store, &owner, start())?, Some(4));
    assert_eq!(store.read("count accounts", |tx| tx.accounts())?, [scene.account]);
    Ok(())
}

pub(super) fn a_unit_that_runs_again_is_counted_once(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let owner = principal("owner@example.com");
    let counting = Counting { credentials: &[&owner], window: Window::of(start()), now: start() };
    let new = scene.new_account("other");
    let mut runs = Vec::new();
    store.write_counted("contend twice", &counting, |tx, counts| {
        runs.push(counts.iter().flatten().map(|count| count.writes).collect::<Vec<_>>());
        tx.insert_account(&new)?;
        if runs.len() < 3 { Err(StoreError::Contended) } else { Ok(()) }
    })?;
    assert_eq!(runs, [[1], [1], [1]]);
    let end: Result<(), StoreError> =
        store.write_counted("contend always", &counting, |_, _| Err(StoreError::Contended));
    assert_eq!(end, Err(StoreError::Contended));
    assert_eq!(write(store, &owner, start())?, Some(3));
    Ok(())
}

pub(super) fn concurrent_writes_get_numbers_of_their_own(store: &dyn Store) -> Outcome {
    Scene::new(store)?;
    let owner = principal("owner@example.com");
    let numbers = thread::scope(|scope| {
        let count = || (0..10).map(|_| write(store, &owner, start())).collect::<Result<Vec<_>, _>>();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| panic!("a thread that counted panicked")))
            .collect::<Result<Vec<_>, StoreError>>()
    })?;
    let numbers: BTreeSet<_> = numbers.into_iter().flatten().flatten().collect();
    assert_eq!(numbers, (1..=40).collect());
    Ok(())
}
