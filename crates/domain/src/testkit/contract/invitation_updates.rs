use super::{
    Outcome,
    sample::{Scene, email, found, grant, insert, pending, second, sound, stored, text, update},
};
use crate::{
    id::InvitationId,
    invitation::{Invitation, Status},
    port::{Store, StoreError, store::Constraint},
};

/// Every status in which an invitation can end.
const ENDS: [Status; 4] = [Status::Accepted, Status::Declined, Status::Revoked, Status::Expired];

/// Ends a pending invitation in a unit of its own. Returns the invitation as it must now be stored.
fn end(store: &dyn Store, open: Invitation, status: Status) -> Result<Invitation, StoreError> {
    let (mut invitation, now) = (open, second(10));
    let by = sound(invitation.sponsor.ok_or("no sponsor"));
    match status {
        Status::Accepted => sound(invitation.accept(by, now)),
        Status::Declined => sound(invitation.decline(None, now)),
        Status::Revoked => sound(invitation.revoke(by, now)),
        Status::Expired | Status::Pending => assert!(invitation.expire(invitation.expires_at)),
    }
    update(store, &invitation)?;
    Ok(Invitation { version: invitation.version + 1, ..invitation })
}

pub(super) fn an_update_writes_what_changes_in_a_life(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let other = scene.new_person("other@example.com");
    let other = store.write("insert person", |tx| tx.insert_person(&other))?;
    let first = scene.invited(store, "ada@example.com")?;

    let mut renewed = first.clone();
    sound(renewed.renew(other.id, second(10)));
    update(store, &renewed)?;
    let renewed = Invitation { version: 1, ..renewed };
    assert_eq!(stored(store, &first)?, renewed);

    let mut revoked = renewed.clone();
    sound(revoked.revoke(scene.sponsor.id, second(20)));
    // An update must not change the other fields.
    let sent = Invitation {
        email: email("other@example.com"),
        name: Some(text("Other")),
        grant: grant("GlobalAdmin"),
        created_at: second(21),
        public_id: scene.token(),
        secure_id: scene.token(),
        ..revoked.clone()
    };
    update(store, &sent)?;
    let revoked = Invitation { version: 2, ..revoked };
    assert_eq!(stored(store, &first)?, revoked);

    let mut orphaned = revoked;
    orphaned.sponsor = None;
    orphaned.closed_by = None;
    update(store, &orphaned)?;
    assert_eq!(stored(store, &first)?, Invitation { version: 3, ..orphaned });
    Ok(())
}

pub(super) fn an_update_of_an_old_version_is_contended(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let read = scene.invited(store, "ada@example.com")?;
    let (mut accepted, mut revoked) = (read.clone(), read.clone());
    sound(accepted.accept(scene.sponsor.id, second(1)));
    sound(revoked.revoke(scene.sponsor.id, second(2)));
    update(store, &accepted)?;
    assert_eq!(update(store, &revoked), Err(StoreError::Contended));
    assert_eq!(stored(store, &read)?, Invitation { version: 1, ..accepted });

    // A unit that reads again sees the current row.
    let mut runs = 0;
    let status = store.write("revoke after reading again", |tx| {
        runs += 1;
        let mut current =
            if runs == 1 { read.clone() } else { found(tx.invitation(read.account_id, read.id)?) };
        match current.revoke(scene.sponsor.id, second(3)) {
            Ok(()) => tx.update_invitation(&current).map(|()| Status::Revoked),
            Err(ended) => Ok(ended.0),
        }
    })?;
    assert_eq!((runs, status), (2, Status::Accepted));

    // Twice in one unit: the second update has not read what the first one wrote.
    let other = scene.invited(store, "b@example.com")?;
    let end = store.write("update twice", |tx| {
        tx.update_invitation(&other)?;
        tx.update_invitation(&other)
    });
    assert_eq!(end, Err(StoreError::Contended));

    let nothing = Invitation { id: InvitationId::new(other.id.get() + 1), ..other };
    assert_eq!(update(store, &nothing), Err(StoreError::Contended));
    Ok(())
}

pub(super) fn an_ended_one_frees_the_address(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    for status in ENDS {
        let open = scene.invited(store, "ada@example.com")?;
        end(store, open, status)?;
    }
    // All four are kept, and the address is free for a fifth.
    scene.invited(store, "ADA@example.com")?;
    Ok(())
}

pub(super) fn an_ended_one_is_found_but_not_pending(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    for status in ENDS {
        let open = scene.invited(store, "ada@example.com")?;
        let ended = end(store, open, status)?;
        assert_eq!(ended.status, status);
        store.read("look", |tx| {
            assert_eq!(tx.invitation(ended.account_id, ended.id)?.as_ref(), Some(&ended));
            assert_eq!(tx.invitation_by_secure_id(&ended.secure_id)?.as_ref(), Some(&ended));
            assert_eq!(pending(tx, ended.account_id, &ended.email)?, None);
            Ok::<_, StoreError>(())
        })?;
    }
    Ok(())
}

pub(super) fn a_renewal_beside_another_pending_one_conflicts(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let old = scene.invited(store, "ada@example.com")?;
    let expired = end(store, old.clone(), Status::Expired)?;
    let newer = insert(store, &scene.new_invitation("Ada@example.com"))?;

    let mut renewed = stored(store, &old)?;
    sound(renewed.renew(scene.sponsor.id, second(200)));
    assert_eq!(update(store, &renewed), Err(StoreError::Conflict(Constraint::PendingInvitation)));
    assert_eq!(stored(store, &old)?, expired);

    // Once the newer one has ended, the older can come back.
    let mut revoked = newer;
    sound(revoked.revoke(scene.sponsor.id, second(201)));
    update(store, &revoked)?;
    update(store, &renewed)?;
    assert_eq!(stored(store, &old)?.status, Status::Pending);
    Ok(())
}
