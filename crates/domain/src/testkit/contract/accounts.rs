use super::{
    Outcome,
    sample::{Scene, name, text},
};
use crate::{
    account::NewAccount,
    id::AccountId,
    port::{Store, StoreError, store::Constraint},
};

pub(super) fn an_account_is_found_by_number_and_name(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let new = NewAccount {
        title: text("Žižkov & Søns \"Ω\", 'Inc.' \\ 100%; --"),
        ..scene.new_account("zizkov-1")
    };
    let account = store.write("insert", |tx| tx.insert_account(&new))?;
    assert_eq!(
        (&account.public_id, &account.name, &account.title, account.created_at),
        (&new.public_id, &new.name, &new.title, new.created_at)
    );
    assert_ne!(account.id, scene.account.id);
    assert!((1..1 << 53).contains(&account.id.get()));
    store.read("look", |tx| {
        assert_eq!(tx.account(account.id)?.as_ref(), Some(&account));
        assert_eq!(tx.account_by_name(&new.name)?.as_ref(), Some(&account));
        assert_eq!(tx.account(AccountId::new(account.id.get() + 1))?, None);
        assert_eq!(tx.account(AccountId::new(-1))?, None);
        assert_eq!(tx.account_by_name(&name("zizkov"))?, None);
        Ok(())
    })
}

pub(super) fn names_are_unique(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let twin = scene.new_account("onward");
    let end = store.write("insert twin", |tx| tx.insert_account(&twin));
    assert_eq!(end, Err(StoreError::Conflict(Constraint::AccountName)));
    Ok(())
}

pub(super) fn public_ids_are_unique(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let twin = NewAccount { public_id: scene.account.public_id.clone(), ..scene.new_account("other") };
    let end = store.write("insert twin", |tx| tx.insert_account(&twin));
    assert_eq!(end, Err(StoreError::Conflict(Constraint::RandomId)));
    Ok(())
}

pub(super) fn only_an_account_that_exists_can_be_locked(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    store.write("lock", |tx| tx.lock_account(scene.account.id))?;
    let found = store.read("look", |tx| tx.account(scene.account.id))?;
    assert_eq!(found.as_ref(), Some(&scene.account));
    let unknown = AccountId::new(scene.account.id.get() + 1);
    assert_eq!(store.write("lock", |tx| tx.lock_account(unknown)), Err(StoreError::Contended));
    Ok(())
}

pub(super) fn accounts_are_listed_by_name(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    store.write("insert", |tx| {
        // Names are ordered by their characters, not by the collation of a language, which would ignore the hyphen.
        for slug in ["ab", "a-c", "0", "a", "zz"] {
            tx.insert_account(&scene.new_account(slug))?;
        }
        Ok::<_, StoreError>(())
    })?;
    let accounts = store.read("list", |tx| tx.accounts())?;
    let names: Vec<_> = accounts.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(names, ["0", "a", "a-c", "ab", "onward", "zz"]);
    Ok(())
}
