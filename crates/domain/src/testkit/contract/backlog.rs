use super::{
    Outcome,
    sample::{Scene, claim, second},
};
use crate::{
    Timestamp,
    outbox::MailState,
    port::{Store, StoreError, store::Settlement},
};

/// The numbers of due mails at that second, and of dead mails.
fn waiting(store: &dyn Store, at: i64, most: u32) -> Result<(u32, u32), StoreError> {
    store.read("backlog", |tx| Ok((tx.due_mails(second(at), most)?, tx.dead_mails(most)?)))
}

fn given_up(at: Timestamp) -> Settlement {
    Settlement { state: MailState::Dead, attempts: 1, due_at: at, error: None, refused_at: None, at }
}

pub(super) fn waiting_mails_are_counted_up_to_a_maximum(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let invitation = scene.invited(store, "ada@example.com")?;
    assert_eq!(waiting(store, 100, 10)?, (0, 0));
    for at in [1, 3, 5] {
        scene.queued(store, &invitation, at)?;
    }
    assert_eq!(waiting(store, 0, 10)?, (0, 0), "before its time a mail is not due");
    assert_eq!(waiting(store, 3, 10)?, (2, 0));
    assert_eq!(waiting(store, 5, 10)?, (3, 0));
    assert_eq!(waiting(store, 5, 2)?, (2, 0), "the maximum bounds the cost");

    let lease = scene.lease();
    let claimed = claim(store, (second(3), second(60)), &lease, 10)?;
    assert_eq!(waiting(store, 5, 10)?, (1, 0), "a mail in delivery is not due");
    assert_eq!(waiting(store, 60, 10)?, (3, 0), "when its lease ends, it is");
    for mail in claimed {
        assert!(store.write("settle", |tx| tx.settle_mail(&mail, &lease, &given_up(second(6))))?);
    }
    assert_eq!(waiting(store, 60, 10)?, (1, 2));
    assert_eq!(waiting(store, 60, 1)?, (1, 1));
    Ok(())
}

pub(super) fn settled_counts_leave_no_changes(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    scene.invited(store, "ada@example.com")?;
    let unsettled = |most| store.read("backlog", |tx| tx.unsettled_changes(most));
    assert!(unsettled(10)? <= 1, "one invitation is one change");
    assert_eq!(unsettled(0)?, 0);
    store.write("settle", |tx| tx.settle_open_counts())?;
    assert_eq!(unsettled(10)?, 0);
    Ok(())
}
