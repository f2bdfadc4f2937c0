use super::{
    Outcome,
    sample::{Scene, found, name},
};
use crate::port::{
    Store, StoreError,
    store::{Constraint, UnitError},
};

/// A use case's own rejection, as opposed to an error of the store.
#[derive(Debug, PartialEq, Eq)]
enum Rejection {
    Own,
    Store(StoreError),
}

impl From<StoreError> for Rejection {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl UnitError for Rejection {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Own => None,
            Self::Store(error) => Some(error),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Store(error) => error.code(),
        }
    }
}

fn accounts(store: &dyn Store) -> Result<usize, StoreError> {
    store.read("count accounts", |tx| Ok(tx.accounts()?.len()))
}

pub(super) fn a_committed_unit_is_seen_by_the_next(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let account = store.read("look", |tx| tx.account(scene.account.id))?;
    assert_eq!(account, Some(scene.account));
    Ok(())
}

pub(super) fn a_rejection_leaves_nothing(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let new = scene.new_account("other");
    let rejected: Result<(), Rejection> = store.write("reject", |tx| {
        tx.insert_account(&new)?;
        Err(Rejection::Own)
    });
    assert_eq!(rejected, Err(Rejection::Own));
    assert_eq!(accounts(store)?, 1);
    Ok(())
}

pub(super) fn an_error_of_the_store_leaves_nothing(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let (new, taken) = (scene.new_account("other"), scene.new_account("onward"));
    let failed = store.write("fail", |tx| {
        tx.insert_account(&new)?;
        tx.insert_account(&taken)
    });
    assert_eq!(failed, Err(StoreError::Conflict(Constraint::AccountName)));
    assert_eq!(accounts(store)?, 1);
    Ok(())
}

pub(super) fn a_unit_reads_what_it_wrote(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let new = scene.new_account("other");
    store.write("write and read", |tx| {
        let inserted = tx.insert_account(&new)?;
        assert_eq!(tx.account(inserted.id)?.as_ref(), Some(&inserted));
        assert_eq!(tx.account_by_name(&new.name)?.as_ref(), Some(&inserted));
        assert_eq!(tx.accounts()?.len(), 2);
        Ok::<_, StoreError>(())
    })
}

pub(super) fn a_contended_unit_runs_again(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let mut runs = 0;
    store.write("contend twice", |tx| {
        runs += 1;
        // What an earlier run wrote is gone: otherwise the name would be taken.
        tx.insert_account(&scene.new_account("other"))?;
        if runs < 3 { Err(StoreError::Contended) } else { Ok(()) }
    })?;
    assert_eq!(runs, 3);
    assert_eq!(accounts(store)?, 2);
    Ok(())
}

pub(super) fn a_unit_that_stays_contended_ends_so(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let mut runs = 0;
    let end: Result<(), StoreError> = store.write("contend always", |tx| {
        runs += 1;
        tx.insert_account(&scene.new_account("other"))?;
        Err(StoreError::Contended)
    });
    assert_eq!(end, Err(StoreError::Contended));
    assert!((2..=100).contains(&runs), "ran {runs} times");
    assert_eq!(accounts(store)?, 1);
    Ok(())
}

pub(super) fn a_failed_unit_stays_failed(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let (new, taken) = (scene.new_account("other"), scene.new_account("onward"));
    let conflict = StoreError::Conflict(Constraint::AccountName);
    let end = store.write("go on after an error", |tx| {
        tx.insert_account(&new)?;
        assert_eq!(tx.insert_account(&taken), Err(conflict.clone()));
        // The transaction is lost, so a use case that ignores the error must get it again.
        assert_eq!(tx.account_by_name(&name("onward")), Err(conflict.clone()));
        Ok::<_, StoreError>(())
    });
    assert_eq!(end, Err(conflict));
    assert_eq!(accounts(store)?, 1);
    Ok(())
}

pub(super) fn a_reading_unit_cannot_write(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let new = scene.new_account("other");
    let end = store.read("write in a reading unit", |tx| {
        found(tx.account(scene.account.id)?);
        tx.insert_account(&new)
    });
    assert!(matches!(end, Err(StoreError::Defect(_))), "{end:?}");
    assert_eq!(accounts(store)?, 1);
    Ok(())
}
