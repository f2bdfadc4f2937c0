use std::slice;

use super::{
    Outcome,
    sample::{Scene, claim, found, insert, mails, only, second, sound},
};
use crate::{
    Timestamp,
    id::{AccountId, InvitationId},
    invitation::{Invitation, NewInvitation},
    outbox::{LeaseToken, Mail, MailState, NewMail},
    port::{
        Store, StoreError,
        store::{Constraint, DeadMails, MailFilter, Settlement},
    },
};

/// Settles the invitation's one mail at second 5, after claiming it at second 2.
fn settled(
    store: &dyn Store,
    state: MailState,
    due_at: Timestamp,
    error: Option<&str>,
) -> Result<Mail, StoreError> {
    let scene = Scene::new(store)?;
    let invitation = scene.invited(store, "ada@example.com")?;
    scene.queued(store, &invitation, 1)?;
    let lease = scene.lease();
    let claimed = only(claim(store, (second(2), second(60)), &lease, 10)?);
    let error = error.map(ToOwned::to_owned);
    let refused_at = Some(second(4));
    let settlement =
        Settlement { state, attempts: 3, due_at, error: error.clone(), refused_at, at: second(5) };
    assert!(store.write("settle", |tx| tx.settle_mail(&claimed, &lease, &settlement))?);
    let mut stored = mails(store, &invitation)?;
    let mail = sound(stored.pop().ok_or("the mail is gone"));
    assert_eq!(stored, []);
    assert_eq!((mail.state, mail.attempts, mail.due_at), (state, 3, due_at));
    assert_eq!((&mail.last_error, mail.refused_at, &mail.lease), (&error, refused_at, &None));
    assert_eq!((mail.created_at, mail.updated_at), (second(1), second(5)));
    Ok(mail)
}

/// The number of mails that can be claimed in the far future.
fn left(store: &dyn Store) -> Result<usize, StoreError> {
    let lease = sound(LeaseToken::parse("AAAAAAAAAAAAAAAAAAAAAA").ok_or("lease"));
    Ok(claim(store, (second(1_000_000), second(1_000_001)), &lease, 10)?.len())
}

pub(super) fn a_mail_is_queued_whole(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let invitation = scene.invited(store, "ada@example.com")?;
    let new = NewMail { generation: 7, ..scene.new_mail(&invitation, 3) };
    store.write("enqueue", |tx| tx.enqueue(slice::from_ref(&new)))?;
    let stored = only(mails(store, &invitation)?);
    let expected = Mail {
        id: stored.id,
        reference: new.reference,
        destination: new.destination,
        account_id: new.account_id,
        invitation_id: new.invitation_id,
        generation: 7,
        state: MailState::Queued,
        attempts: 0,
        due_at: second(3),
        lease: None,
        last_error: None,
        refused_at: None,
        created_at: second(3),
        queued_at: second(3),
        updated_at: second(3),
    };
    assert_eq!(stored, expected);
    let by_reference = store.read("look", |tx| tx.mail_by_reference(&stored.reference))?;
    assert_eq!(by_reference, Some(stored));

    let nothing = InvitationId::new(invitation.id.get() + 1);
    let nowhere = AccountId::new(invitation.account_id.get() + 1);
    let orphan = NewMail { invitation_id: nothing, ..scene.new_mail(&invitation, 3) };
    let homeless = NewMail { account_id: nowhere, ..scene.new_mail(&invitation, 3) };
    for dangling in [orphan, homeless] {
        assert_eq!(
            store.write("enqueue", |tx| tx.enqueue(slice::from_ref(&dangling))),
            Err(StoreError::Contended)
        );
    }
    Ok(())
}

pub(super) fn mails_of_an_invitation_come_the_oldest_first(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let invitation = scene.invited(store, "ada@example.com")?;
    let other = scene.invited(store, "b@example.com")?;
    let first = scene.queued(store, &invitation, 1)?;
    let foreign = scene.queued(store, &other, 2)?;
    let last = scene.queued(store, &invitation, 3)?;
    let ids = |mails: Vec<Mail>| mails.into_iter().map(|mail| mail.id).collect::<Vec<_>>();
    assert_eq!(ids(mails(store, &invitation)?), [first, last]);
    assert_eq!(ids(mails(store, &other)?), [foreign]);
    let unknown = Invitation { id: InvitationId::new(other.id.get() + 1), ..other.clone() };
    assert_eq!(mails(store, &unknown)?, []);
    let foreign = Invitation { account_id: scene.other_account(store)?.id, ..other };
    assert_eq!(mails(store, &foreign)?, []);
    Ok(())
}

pub(super) fn references_are_unique(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let invitation = scene.invited(store, "ada@example.com")?;
    let mail = scene.new_mail(&invitation, 1);
    store.write("enqueue", |tx| tx.enqueue(slice::from_ref(&mail)))?;
    let twin = store.write("enqueue twin", |tx| tx.enqueue(slice::from_ref(&mail)));
    assert_eq!(twin, Err(StoreError::Conflict(Constraint::RandomId)));
    Ok(())
}

pub(super) fn a_relayed_mail_is_done(store: &dyn Store) -> Outcome {
    settled(store, MailState::Relayed, second(1), None)?;
    assert_eq!(left(store)?, 0);
    Ok(())
}

pub(super) fn a_mail_to_retry_waits_for_its_time(store: &dyn Store) -> Outcome {
    let reason = "mail relay deferred the mail: 451 4.7.1 \"greylisted\", können Sie's später versuchen?";
    let mail = settled(store, MailState::Queued, second(30), Some(reason))?;
    let lease = sound(LeaseToken::parse("BBBBBBBBBBBBBBBBBBBBBB").ok_or("lease"));
    assert_eq!(claim(store, (second(29), second(90)), &lease, 10)?, []);
    let claimed = claim(store, (second(30), second(90)), &lease, 10)?;
    assert_eq!(claimed, [Mail { lease: Some((second(90), lease)), ..mail }]);
    Ok(())
}

pub(super) fn a_mail_given_up_is_done(store: &dyn Store) -> Outcome {
    settled(store, MailState::Dead, second(5), Some("mail cannot be sent: 550 5.1.1 no such user"))?;
    assert_eq!(left(store)?, 0);
    Ok(())
}

pub(super) fn a_cancelled_mail_is_done(store: &dyn Store) -> Outcome {
    settled(store, MailState::Cancelled, second(5), None)?;
    assert_eq!(left(store)?, 0);
    assert_eq!(store.read("next", |tx| tx.next_mail_due())?, None);
    Ok(())
}

pub(super) fn the_next_moment_is_known(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let next = || store.read("next", |tx| tx.next_mail_due());
    assert_eq!(next()?, None);
    let invitation = scene.invited(store, "ada@example.com")?;
    scene.queued(store, &invitation, 50)?;
    assert_eq!(next()?, Some(second(50)));
    scene.queued(store, &invitation, 10)?;
    assert_eq!(next()?, Some(second(10)));

    // While one mail is leased, the next moment is the other's due time or the end of the lease, whichever comes first.
    let lease = scene.lease();
    claim(store, (second(20), second(60)), &lease, 10)?;
    assert_eq!(next()?, Some(second(50)));
    let late = only(claim(store, (second(50), second(70)), &lease, 10)?);
    assert_eq!(next()?, Some(second(60)));

    // A settled mail no longer counts.
    let cancel = Settlement {
        state: MailState::Cancelled,
        attempts: 0,
        due_at: second(50),
        error: None,
        refused_at: None,
        at: second(51),
    };
    assert!(store.write("cancel", |tx| tx.settle_mail(&late, &lease, &cancel))?);
    assert_eq!(next()?, Some(second(60)));
    Ok(())
}

/// Queues mails of one invitation, claims them and settles them as dead.
fn dead(store: &dyn Store, scene: &Scene, invitation: &Invitation, count: usize) -> Result<(), StoreError> {
    for _ in 0..count {
        scene.queued(store, invitation, 1)?;
    }
    let lease = scene.lease();
    for mail in claim(store, (second(2), second(60)), &lease, 10)? {
        let dead = Settlement {
            state: MailState::Dead,
            attempts: 4,
            due_at: second(2),
            error: Some("550".to_owned()),
            refused_at: Some(second(3)),
            at: second(3),
        };
        assert!(store.write("bury", |tx| tx.settle_mail(&mail, &lease, &dead))?);
    }
    Ok(())
}

pub(super) fn dead_mails_are_retried_like_new_ones(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let invitation = scene.invited(store, "ada@example.com")?;
    dead(store, &scene, &invitation, 3)?;
    let elsewhere = scene.other_account(store)?;
    let foreign = NewInvitation { account_id: elsewhere.id, ..scene.new_invitation("b@example.com") };
    let foreign = insert(store, &foreign)?;
    dead(store, &scene, &foreign, 1)?;
    let retry = |which, limit| store.write("retry", |tx| tx.retry_dead_mails(which, second(70), limit));

    let last = mails(store, &invitation)?.pop().map(|mail| mail.id);
    assert_eq!(retry(DeadMails::One(found(last)), 10)?, 1);
    assert_eq!(retry(DeadMails::One(found(last)), 10)?, 0, "it is not dead any more");
    assert_eq!(retry(DeadMails::OfAccount(invitation.account_id), 1)?, 1, "the limit holds");
    let states: Vec<_> = mails(store, &invitation)?.iter().map(|mail| mail.state).collect();
    assert_eq!(states, [MailState::Queued, MailState::Dead, MailState::Queued], "the oldest comes first");
    assert_eq!(retry(DeadMails::All, 10)?, 2);
    let lease = scene.lease();
    let claimed = claim(store, (second(70), second(90)), &lease, 10)?;
    assert_eq!(claimed.len(), 4);
    for mail in claimed {
        assert_eq!((mail.attempts, mail.due_at, mail.queued_at), (0, second(70), second(70)));
        assert_eq!(mail.refused_at, None);
        assert_eq!((mail.created_at, mail.last_error.as_deref()), (second(1), Some("550")));
    }
    Ok(())
}

pub(super) fn mails_are_listed_the_newest_first(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let invitation = scene.invited(store, "ada@example.com")?;
    dead(store, &scene, &invitation, 2)?;
    scene.queued(store, &invitation, 5)?;
    let list = |state, account, limit| {
        let filter = MailFilter { state, account, limit };
        let mails = store.read("list", |tx| tx.mails(&filter))?;
        Ok::<_, StoreError>(mails.into_iter().map(|mail| mail.id.get()).collect::<Vec<_>>())
    };
    let all: Vec<_> = mails(store, &invitation)?.iter().map(|mail| mail.id.get()).collect();
    let mut newest_first = all.clone();
    newest_first.reverse();
    assert_eq!(list(None, None, 10)?, newest_first);
    assert_eq!(list(None, Some(invitation.account_id), 2)?, newest_first[..2]);
    assert_eq!(list(Some(MailState::Dead), None, 10)?, newest_first[1..]);
    assert_eq!(list(Some(MailState::Queued), Some(invitation.account_id), 10)?, newest_first[..1]);
    assert_eq!(list(Some(MailState::Relayed), None, 10)?, []);
    let elsewhere = scene.other_account(store)?.id;
    assert_eq!(list(Some(MailState::Dead), Some(elsewhere), 10)?, []);
    Ok(())
}

pub(super) fn old_mails_are_deleted_unless_they_are_queued(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let invitation = scene.invited(store, "ada@example.com")?;
    // One that still waits has the lowest number.
    scene.queued(store, &invitation, 50)?;
    dead(store, &scene, &invitation, 3)?;
    let delete = |before, limit| store.write("delete", |tx| tx.delete_old_mails(before, limit));
    assert_eq!(delete(second(1), 10)?, 0, "they are not old enough");
    assert_eq!(delete(second(2), 2)?, 2, "the limit holds");
    assert_eq!(delete(second(2), 10)?, 1);
    assert_eq!(delete(second(2), 10)?, 0);
    let left: Vec<_> = mails(store, &invitation)?.iter().map(|mail| mail.state).collect();
    assert_eq!(left, [MailState::Queued]);
    assert_eq!(store.write("retry", |tx| tx.retry_dead_mails(DeadMails::All, second(9), 10))?, 0);
    Ok(())
}
