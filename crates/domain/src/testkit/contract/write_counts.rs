use std::{collections::BTreeSet, thread};

use super::{
    Outcome,
    access_tokens::insert,
    sample::{World, digest, email, second, start},
};
use crate::{
    Timestamp,
    access_token::{NewAccessToken, Scope},
    port::{Store, StoreError},
    principal::{Credential, Principal},
    quota::{Window, WriteCount},
};

fn principal(address: &str) -> Credential {
    Credential::Principal(Principal {
        email: email(address),
        email_verified: false,
        person_id: None,
        account: None,
        name: None,
    })
}

/// Counts a write, in the window of its moment; answers which one it is there.
fn write(store: &dyn Store, credential: &Credential, now: Timestamp) -> Result<Option<u64>, StoreError> {
    let count = store.count_write(credential, Window::of(now), now)?;
    Ok(count.map(|count| count.writes))
}

pub(super) fn writes_are_counted_by_person_and_window(store: &dyn Store) -> Outcome {
    let world = World::new(store)?;
    let ada = world.new_person("ada@example.com");
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
    World::new(store)?;
    let owner = principal("owner@example.com");
    assert_eq!(write(store, &owner, start())?, Some(1));
    assert_eq!(write(store, &owner, second(3600))?, Some(1));
    let (now, next) = (Window::of(start()), Window::of(second(3600)));
    let counted = store.count_write(&owner, now, start())?;
    assert_eq!(counted, Some(WriteCount { window: next.begins_at, writes: 2 }));
    let counted = store.count_write(&owner, next, second(3600))?;
    assert_eq!(counted, Some(WriteCount { window: next.begins_at, writes: 3 }));
    Ok(())
}

pub(super) fn a_clock_that_was_far_ahead_locks_nobody_out(store: &dyn Store) -> Outcome {
    World::new(store)?;
    let owner = principal("owner@example.com");
    for hours in [2, 24 * 30] {
        assert_eq!(write(store, &owner, second(hours * 3600))?, Some(1));
        let counted = store.count_write(&owner, Window::of(start()), start())?;
        assert_eq!(counted, Some(WriteCount { window: Window::of(start()).begins_at, writes: 1 }));
        assert_eq!(write(store, &owner, start())?, Some(2));
    }
    Ok(())
}

pub(super) fn both_credentials_of_a_person_count_together(store: &dyn Store) -> Outcome {
    let world = World::new(store)?;
    insert(store, &world.new_access_token(1))?;
    insert(store, &world.new_access_token(2))?;
    let tokens = [1, 2].map(|n| Credential::AccessToken(digest(n)));
    let owner = principal(world.sponsor.email.as_str());
    assert_eq!(write(store, &tokens[0], start())?, Some(1));
    assert_eq!(write(store, &tokens[1], start())?, Some(2));
    assert_eq!(write(store, &owner, start())?, Some(3));
    Ok(())
}

pub(super) fn what_is_nobodys_is_not_counted(store: &dyn Store) -> Outcome {
    let world = World::new(store)?;
    let token = NewAccessToken { expires_at: Some(second(10)), ..world.new_access_token(1) };
    insert(store, &token)?;
    insert(store, &NewAccessToken { scope: Scope::ReadOnly, ..world.new_access_token(4) })?;
    let revoked = insert(store, &world.new_access_token(2))?;
    store.write("revoke", |tx| tx.revoke_access_token(world.account.id, &revoked.public_id, start()))?;
    assert_eq!(write(store, &principal("nobody@example.com"), start())?, None);
    assert_eq!(write(store, &Credential::AccessToken(digest(1)), second(10))?, None, "expired");
    assert_eq!(write(store, &Credential::AccessToken(digest(2)), second(1))?, None, "revoked");
    assert_eq!(write(store, &Credential::AccessToken(digest(3)), start())?, None, "unknown");
    assert_eq!(write(store, &Credential::AccessToken(digest(4)), start())?, None, "for reading");
    assert_eq!(write(store, &principal("owner@example.com"), start())?, Some(1));
    Ok(())
}

pub(super) fn concurrent_writes_get_numbers_of_their_own(store: &dyn Store) -> Outcome {
    World::new(store)?;
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
