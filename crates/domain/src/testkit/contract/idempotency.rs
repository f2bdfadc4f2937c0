use super::{
    Outcome,
    sample::{INSTANT, Scene, second, start},
};
use crate::{
    Timestamp,
    id::AccountId,
    idempotency::{Answer, KeptAnswer, KeyDigest, NewKey, RequestMac},
    port::{Store, StoreError},
};

/// A moment before every answer.
fn long_ago() -> Timestamp {
    second(-1_000_000)
}

/// The n-th sample key, created at a moment.
fn new(n: u8, at: Timestamp) -> NewKey {
    let digest = KeyDigest::new([n; 32]);
    NewKey { digest, request: RequestMac::new(&[n, 1]), account: None, created_at: at }
}

fn answer(body: &str) -> Answer {
    Answer { status: 200, content_type: Some("application/json".to_owned()), body: body.to_owned() }
}

/// Takes the key in a unit of its own and keeps an answer, if it could be taken.
fn once(store: &dyn Store, key: &NewKey, stale: Timestamp, answer: &Answer) -> Result<bool, StoreError> {
    store.write("sample key", |tx| {
        let taken = tx.take_key(key, stale)?;
        if taken {
            tx.keep_answer(&key.digest, answer)?;
        }
        Ok(taken)
    })
}

fn kept(store: &dyn Store, key: &NewKey) -> Result<Option<KeptAnswer>, StoreError> {
    store.read("look", |tx| tx.kept_answer(&key.digest))
}

pub(super) fn a_key_is_taken_once_and_then_has_an_answer(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let key = NewKey { account: Some(scene.account.id), ..new(1, start()) };
    assert_eq!(kept(store, &key)?, None);
    assert!(once(store, &key, long_ago(), &answer("first"))?);
    let expected = KeptAnswer { request: key.request.clone(), created_at: start(), answer: answer("first") };
    assert_eq!(kept(store, &key)?, Some(expected.clone()));
    let again = NewKey { request: RequestMac::new(&[9]), ..new(1, second(1)) };
    assert!(!once(store, &again, long_ago(), &answer("second"))?);
    assert_eq!(kept(store, &key)?, Some(expected), "nothing was changed");
    assert!(once(store, &new(2, second(1)), long_ago(), &answer("another key"))?);
    Ok(())
}

pub(super) fn a_unit_that_fails_leaves_the_key_as_it_was(store: &dyn Store) -> Outcome {
    let key = new(1, start());
    for _ in 0..2 {
        let rejected: Result<(), StoreError> = store.write("reject", |tx| {
            assert!(tx.take_key(&key, long_ago())?);
            assert!(!tx.take_key(&key, long_ago())?, "this unit has it already");
            tx.keep_answer(&key.digest, &answer("never given"))?;
            Err(StoreError::Unreachable("rejected".to_owned()))
        });
        assert!(rejected.is_err());
        assert_eq!(kept(store, &key)?, None);
    }
    Ok(())
}

pub(super) fn every_answer_comes_back_as_it_was(store: &dyn Store) -> Outcome {
    let answers = [
        Answer { status: 204, content_type: None, body: String::new() },
        Answer { status: 200, ..answer("{\"name\": \"żółw \u{1F422}\",\r\n \"n\": [1]}") },
        Answer { status: 599, ..answer(&"long ".repeat(20_000)) },
    ];
    for (n, answer) in (1..).zip(&answers) {
        let key = new(n, start());
        assert!(once(store, &key, long_ago(), answer)?);
        assert_eq!(kept(store, &key)?.map(|kept| kept.answer).as_ref(), Some(answer));
    }
    Ok(())
}

pub(super) fn a_stale_answer_gives_way(store: &dyn Store) -> Outcome {
    assert!(once(store, &new(1, start()), long_ago(), &answer("old"))?);
    let next = NewKey { request: RequestMac::new(&[2]), ..new(1, second(60)) };
    assert!(!once(store, &next, start() - INSTANT, &answer("next"))?);
    assert!(once(store, &next, start(), &answer("next"))?);
    let expected =
        KeptAnswer { request: next.request.clone(), created_at: second(60), answer: answer("next") };
    assert_eq!(kept(store, &next)?, Some(expected));
    Ok(())
}

pub(super) fn only_a_key_that_was_taken_gets_an_answer(store: &dyn Store) -> Outcome {
    let key = new(1, start());
    let end = store.write("keep", |tx| tx.keep_answer(&key.digest, &answer("of nothing")));
    assert_eq!(end, Err(StoreError::Contended));
    assert_eq!(kept(store, &key)?, None);
    Ok(())
}

pub(super) fn the_account_has_to_be_there(store: &dyn Store) -> Outcome {
    let key = NewKey { account: Some(AccountId::new(7)), ..new(1, start()) };
    assert_eq!(once(store, &key, long_ago(), &answer("of nobody")), Err(StoreError::Contended));
    assert_eq!(kept(store, &key)?, None);
    Ok(())
}

pub(super) fn stale_answers_are_forgotten_the_oldest_first(store: &dyn Store) -> Outcome {
    for (n, at) in [(1, 30), (2, 10), (3, 40), (4, 20)] {
        assert!(once(store, &new(n, second(at)), long_ago(), &answer("kept"))?);
    }
    let forget = |until, limit| store.write("forget", |tx| tx.forget_answers(until, limit));
    let there = || {
        let found = (1..=4).map(|n| Ok((n, kept(store, &new(n, start()))?.is_some())));
        let found: Result<Vec<(u8, bool)>, StoreError> = found.collect();
        found.map(|found| found.into_iter().filter_map(|(n, there)| there.then_some(n)).collect::<Vec<_>>())
    };
    assert_eq!(forget(second(10) - INSTANT, 10)?, 0);
    assert_eq!(forget(second(30), 0)?, 0);
    assert_eq!(forget(second(30), 2)?, 2);
    assert_eq!(there()?, [1, 3]);
    assert_eq!(forget(second(30), 2)?, 1, "the exact moment is stale");
    assert_eq!(forget(second(30), 2)?, 0);
    assert_eq!(there()?, [3]);
    Ok(())
}
