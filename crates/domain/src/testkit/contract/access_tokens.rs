use super::{
    Outcome,
    sample::{Scene, digest, found, holder, second, start, text},
};
use crate::{
    access_token::{AccessToken, NewAccessToken, Scope, TokenHolder},
    port::{Store, StoreError, store::Constraint},
};

pub(super) fn insert(store: &dyn Store, token: &NewAccessToken) -> Result<AccessToken, StoreError> {
    store.write("sample token", |tx| tx.insert_access_token(token))
}

pub(super) fn a_token_is_found_by_its_digest_with_its_holder(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    for (n, scope) in [(1, Scope::Global), (2, Scope::ReadOnly)] {
        let expires_at = (n == 2).then(|| second(7));
        let new =
            NewAccessToken { scope, expires_at, name: text("CI \"żółw\""), ..scene.new_access_token(n) };
        let token = insert(store, &new)?;
        let expected = AccessToken {
            id: token.id,
            public_id: new.public_id,
            account_id: new.account_id,
            person_id: new.person_id,
            name: new.name,
            scope,
            created_at: new.created_at,
            expires_at,
            revoked_at: None,
        };
        assert_eq!(token, expected);
        let holder = found(store.read("look", |tx| holder(tx, &new.digest))?);
        let membership = found(store.read("look", |tx| tx.membership(new.account_id, new.person_id))?);
        let (account, person) = (scene.account.clone(), scene.sponsor.clone());
        assert_eq!(holder, TokenHolder { token: expected, account, person, membership });
    }
    assert_eq!(store.read("look", |tx| holder(tx, &digest(3)))?, None);
    Ok(())
}

pub(super) fn tokens_are_listed_the_oldest_first(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let mut all = Vec::new();
    for n in [3, 1, 2] {
        all.push(insert(store, &scene.new_access_token(n))?);
    }
    assert_eq!(store.read("list", |tx| tx.access_tokens(scene.account.id))?, all);
    assert_eq!(store.read("list", |tx| tx.access_tokens(elsewhere.id))?, []);
    Ok(())
}

pub(super) fn a_token_is_revoked_once(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let token = insert(store, &scene.new_access_token(1))?;
    let other = insert(store, &scene.new_access_token(2))?;
    let revoke = |account, at| {
        store.write("revoke", |tx| tx.revoke_access_token(account, &token.public_id, second(at)))
    };
    assert_eq!(revoke(elsewhere.id, 1)?, None);
    assert_eq!(revoke(scene.account.id, 2)?, Some(scene.sponsor.id));
    assert_eq!(revoke(scene.account.id, 3)?, None, "the first moment stays");
    let held = found(store.read("look", |tx| holder(tx, &digest(1)))?);
    assert_eq!(held.token.revoked_at, Some(second(2)));
    assert!(!held.token.is_live_at(start()));
    let listed = store.read("list", |tx| tx.access_tokens(scene.account.id))?;
    assert_eq!(listed, [held.token, other]);
    Ok(())
}

pub(super) fn digests_and_ids_are_unique(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let token = insert(store, &scene.new_access_token(1))?;
    let same_digest = scene.new_access_token(1);
    let same_id = NewAccessToken { public_id: token.public_id, ..scene.new_access_token(2) };
    for twin in [same_digest, same_id] {
        assert_eq!(insert(store, &twin), Err(StoreError::Conflict(Constraint::RandomId)));
    }
    Ok(())
}

pub(super) fn a_token_is_a_members_and_ends_with_the_membership(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let strange = NewAccessToken { account_id: elsewhere.id, ..scene.new_access_token(1) };
    assert_eq!(insert(store, &strange), Err(StoreError::Contended));
    let (account, person) = (scene.account.id, scene.sponsor.id);
    insert(store, &scene.new_access_token(1))?;
    let membership = found(store.read("look", |tx| tx.membership(account, person))?);
    assert!(store.write("leave", |tx| tx.delete_membership(account, person))?);
    assert_eq!(store.read("look", |tx| holder(tx, &digest(1)))?, None);
    store.write("come back", |tx| tx.insert_membership(&membership))?;
    assert_eq!(store.read("look", |tx| holder(tx, &digest(1)))?, None, "gone for good");
    assert_eq!(store.read("list", |tx| tx.access_tokens(account))?, []);
    Ok(())
}
