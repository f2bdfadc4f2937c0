use super::{
    Outcome,
    sample::{INSTANT, Scene, second},
};
use crate::{
    audit::{AuditAction, AuditActor, AuditEvent, AuditSubject},
    id::{InvitationId, PersonId},
    port::{Store, StoreError},
};

/// An entry that refers to the account and to nothing else.
fn entry(scene: &Scene, seconds: i64, action: AuditAction) -> AuditEvent {
    AuditEvent {
        at: second(seconds),
        actor: AuditActor::System,
        action,
        account: Some(scene.account.id),
        invitation: None,
        person: None,
    }
}

fn record(store: &dyn Store, events: &[AuditEvent]) -> Outcome {
    store.write("record", |tx| tx.record(events))
}

pub(super) fn entries_come_the_oldest_first(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let first = entry(&scene, 1, AuditAction::InvitationCreated);
    let instant_later = AuditEvent { at: first.at + INSTANT, ..first };
    let later = entry(&scene, 2, AuditAction::InvitationResent);
    let same_moment = entry(&scene, 2, AuditAction::InvitationExpired);
    // Written in another order, because the clocks of two replicas differ, and either may commit first.
    record(store, &[later, instant_later, first, same_moment])?;
    let events = store.read("list", |tx| tx.audit_events(scene.account.id))?;
    assert_eq!(events, [first, instant_later, later, same_moment]);
    Ok(())
}

pub(super) fn entries_keep_everything(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let actors = [
        AuditActor::Person(scene.sponsor.id),
        AuditActor::Invitee,
        AuditActor::Operator,
        AuditActor::System,
        // A person who was deleted long ago: the log keeps the numbers of deleted rows.
        AuditActor::Person(PersonId::new(1 << 52)),
    ];
    let mut written = Vec::new();
    for (number, action) in (1_i64..).zip(AuditAction::EVERY) {
        for actor in actors {
            written.push(AuditEvent {
                actor,
                invitation: (number % 2 == 0).then(|| InvitationId::new(number)),
                person: (number % 3 == 0).then(|| PersonId::new(number)),
                ..entry(&scene, number, action)
            });
        }
    }
    record(store, &written)?;
    assert_eq!(store.read("list", |tx| tx.audit_events(scene.account.id))?, written);
    Ok(())
}

pub(super) fn other_accounts_see_nothing(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let own = entry(&scene, 1, AuditAction::InvitationCreated);
    let nobodys = AuditEvent { account: None, ..entry(&scene, 2, AuditAction::PersonCreated) };
    let foreign = AuditEvent { account: Some(elsewhere.id), ..entry(&scene, 3, AuditAction::MemberAdded) };
    record(store, &[own, nobodys, foreign])?;
    store.read("list", |tx| {
        assert_eq!(tx.audit_events(scene.account.id)?, [own]);
        assert_eq!(tx.audit_events(elsewhere.id)?, [foreign]);
        Ok::<_, StoreError>(())
    })
}

pub(super) fn old_entries_are_deleted(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let entries = [1, 2, 3, 9].map(|seconds| entry(&scene, seconds, AuditAction::InvitationCreated));
    record(store, &entries)?;
    let delete = |limit| store.write("delete", |tx| tx.delete_old_events(second(4), limit));
    assert_eq!((delete(2)?, delete(2)?, delete(2)?), (2, 1, 0));
    assert_eq!(store.read("list", |tx| tx.audit_events(scene.account.id))?, entries[3..]);
    Ok(())
}

pub(super) fn the_newest_of_an_account_or_a_person_come_first(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let (owner, other) = (scene.sponsor.id, PersonId::new(scene.sponsor.id.get() + 1));
    let by_owner =
        AuditEvent { actor: AuditActor::Person(owner), ..entry(&scene, 1, AuditAction::InvitationCreated) };
    let on_owner =
        AuditEvent { account: None, person: Some(owner), ..entry(&scene, 2, AuditAction::PersonSignedOut) };
    let on_other = AuditEvent { person: Some(other), ..entry(&scene, 3, AuditAction::MemberAdded) };
    record(store, &[by_owner, on_owner, on_other])?;
    let newest = |of, limit| store.read("list", |tx| tx.newest_audit_events(of, limit));
    assert_eq!(newest(AuditSubject::Account(scene.account.id), 10)?, [on_other, by_owner]);
    assert_eq!(newest(AuditSubject::Account(scene.account.id), 1)?, [on_other]);
    assert_eq!(newest(AuditSubject::Person(owner), 10)?, [on_owner, by_owner]);
    assert_eq!(newest(AuditSubject::Person(other), 10)?, [on_other]);
    Ok(())
}
