use super::{
    Outcome,
    sample::{INSTANT, Scene, email, second, start},
};
use crate::{
    Timestamp,
    id::PersonId,
    idempotency::KeyDigest,
    port::{Store, StoreError, store::NewFailureCount},
    sign_in::FailureCount,
};

/// The n-th sample name.
fn name(n: u8) -> KeyDigest {
    KeyDigest::new([n; 32])
}

fn counter(n: u8, failures: u32, forgotten_at: Timestamp) -> NewFailureCount {
    NewFailureCount { name: name(n), count: FailureCount { failures, last_at: start() }, forgotten_at }
}

fn put(store: &dyn Store, counts: &[NewFailureCount]) -> Outcome {
    store.write("count", |tx| tx.put_failed_sign_ins(counts))
}

fn failures(store: &dyn Store, n: u8) -> Result<Option<u32>, StoreError> {
    let count = store.read("look", |tx| tx.failed_sign_ins(&name(n)))?;
    Ok(count.map(|count| count.failures))
}

fn is_known(store: &dyn Store, address: &str, n: u8) -> Result<bool, StoreError> {
    store.read("look", |tx| tx.is_known_network(&email(address), &name(n)))
}

pub(super) fn counters_are_inserted_replaced_and_deleted(store: &dyn Store) -> Outcome {
    assert_eq!(failures(store, 1)?, None);
    put(store, &[counter(1, 1, second(60)), counter(2, 7, second(60))])?;
    assert_eq!((failures(store, 1)?, failures(store, 2)?), (Some(1), Some(7)));
    let changed = NewFailureCount {
        count: FailureCount { failures: 2_000_000, last_at: second(1) },
        ..counter(1, 0, second(90))
    };
    put(store, &[changed.clone(), counter(3, 1, second(60))])?;
    let stored = store.read("look", |tx| tx.failed_sign_ins(&name(1)))?;
    assert_eq!(stored, Some(changed.count));
    assert_eq!((failures(store, 2)?, failures(store, 3)?), (Some(7), Some(1)));
    store.write("delete", |tx| tx.delete_failed_sign_ins(&name(2)))?;
    store.write("delete what is not there", |tx| tx.delete_failed_sign_ins(&name(9)))?;
    assert_eq!((failures(store, 1)?, failures(store, 2)?), (Some(2_000_000), None));
    Ok(())
}

pub(super) fn a_known_network_belongs_to_a_person(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let (owner, network) = (scene.sponsor.id, name(1));
    assert!(!is_known(store, "owner@example.com", 1)?);
    for at in [start(), second(5)] {
        store.write("remember", |tx| tx.remember_network(owner, &network, at))?;
        assert!(is_known(store, "OWNER@example.com", 1)?);
    }
    assert!(!is_known(store, "owner@example.com", 2)?);
    assert!(!is_known(store, "nobody@example.com", 1)?);
    let nobody = PersonId::new(owner.get() + 1000);
    let end = store.write("remember nobody", |tx| tx.remember_network(nobody, &network, start()));
    assert_eq!(end, Err(StoreError::Contended));
    Ok(())
}

pub(super) fn what_is_forgotten_is_deleted_in_parts(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    put(store, &[counter(1, 1, second(10)), counter(2, 1, second(20)), counter(3, 1, second(30))])?;
    for (n, at) in [(1, 1), (2, 2)] {
        store.write("remember", |tx| tx.remember_network(scene.sponsor.id, &name(n), second(at)))?;
    }
    let forget = |now, unused, limit| store.write("forget", |tx| tx.forget_sign_ins(now, unused, limit));
    assert_eq!(forget(second(10) - INSTANT, second(1) - INSTANT, 10)?, 0);
    assert_eq!(forget(second(20), second(1) - INSTANT, 1)?, 1);
    assert_eq!(forget(second(20), second(1) - INSTANT, 10)?, 1, "the exact moment is over");
    assert_eq!((failures(store, 1)?, failures(store, 2)?, failures(store, 3)?), (None, None, Some(1)));
    assert_eq!(forget(second(20), second(1), 10)?, 1);
    assert!(!is_known(store, "owner@example.com", 1)?);
    assert!(is_known(store, "owner@example.com", 2)?);
    Ok(())
}
