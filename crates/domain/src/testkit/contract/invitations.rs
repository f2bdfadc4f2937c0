use chrono::TimeDelta;

use super::{
    Outcome,
    sample::{Scene, email, found, grant, insert, pending, second, sound, start, stored, text, update},
};
use crate::{
    id::{AccountId, InvitationId, PersonId},
    invitation::{Invitation, NewInvitation, Status},
    port::{
        Store, StoreError,
        store::{Constraint, Page},
    },
    role::{Grant, RoleName, ServiceGrant, ServiceId, ServicePermission},
    text::Locale,
};

pub(super) fn a_new_invitation_is_pending_and_whole(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let new = scene.new_invitation("ada@example.com");
    let invitation = insert(store, &new)?;
    let expected = Invitation {
        status: Status::Pending,
        generation: 0,
        closed_at: None,
        closed_by: None,
        version: 0,
        ..new.numbered(invitation.id)
    };
    assert_eq!(invitation, expected);
    assert!((1..1 << 53).contains(&invitation.id.get()));
    store.read("look", |tx| {
        assert_eq!(tx.invitation(new.account_id, expected.id)?.as_ref(), Some(&expected));
        assert_eq!(tx.invitation_by_secure_id(&new.secure_id)?.as_ref(), Some(&expected));
        assert_eq!(
            tx.invitation_by_public_id(new.account_id, &expected.public_id)?.as_ref(),
            Some(&expected)
        );
        assert_eq!(tx.invitation_by_public_id(new.account_id, &scene.token())?, None);
        assert_eq!(pending(tx, new.account_id, &new.email)?.as_ref(), Some(&expected));
        assert_eq!(tx.invitation(new.account_id, InvitationId::new(expected.id.get() + 1))?, None);
        assert_eq!(tx.invitation_by_secure_id(&scene.token())?, None);
        assert_eq!(pending(tx, new.account_id, &email("b@example.com"))?, None);
        Ok(())
    })
}

pub(super) fn every_text_and_moment_comes_back_as_it_was(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let services = vec![ServiceGrant {
        service: sound(ServiceId::parse("SU1Z0isxPaozGVKXdv0eY").ok_or("service")),
        permission: ServicePermission::PurgeSelect,
    }];
    let roles = ["tls_admin", "user"].map(|role| sound(RoleName::parse(role)));
    // Fractions of zero, three and six digits, and moments before 1970.
    let moments = [0, 1, 999_999, 500_000, 1_000, -1, -86_400_000_001, 1_710_946_165_999_999];
    for (index, micros) in moments.into_iter().enumerate() {
        let moment = start() + TimeDelta::microseconds(micros);
        let new = NewInvitation {
            locale: Some(sound(Locale::parse("pt-BR"))),
            name: Some(text("Robert'); DROP TABLE invitation; -- \"żółw\" 🎟")),
            grant: sound(Grant::new(roles.to_vec(), index % 2 == 0, services.clone())),
            created_at: moment,
            expires_at: moment + TimeDelta::microseconds(7),
            ..scene.new_invitation(&format!("Ünï.{index}@Bücher.Example"))
        };
        let written = insert(store, &new)?;
        let read = stored(store, &written)?;
        assert_eq!(read, written);
        assert_eq!((&read.name, &read.locale, &read.grant), (&new.name, &new.locale, &new.grant));
        assert_eq!((read.created_at, read.expires_at), (new.created_at, new.expires_at));
        assert_eq!(read.email.as_str(), new.email.as_str());
    }
    Ok(())
}

pub(super) fn one_is_pending_for_an_account_and_address(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let first = insert(store, &scene.new_invitation("Ada@Example.com"))?;
    let twin = scene.new_invitation("aDA@eXAMPLE.COM");
    assert_eq!(insert(store, &twin), Err(StoreError::Conflict(Constraint::PendingInvitation)));

    // Another account and another address are free.
    insert(store, &NewInvitation { account_id: elsewhere.id, ..scene.new_invitation("ada@example.com") })?;
    insert(store, &scene.new_invitation("ada+1@example.com"))?;

    // The expiry is not stored yet: the address is still taken, and the invitation is found.
    let late = NewInvitation { created_at: second(500), expires_at: second(600), ..twin };
    assert_eq!(insert(store, &late), Err(StoreError::Conflict(Constraint::PendingInvitation)));
    let pending = store.read("look", |tx| pending(tx, scene.account.id, &late.email))?;
    assert_eq!(pending, Some(first));
    Ok(())
}

pub(super) fn random_ids_are_unique(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let first = scene.invited(store, "ada@example.com")?;
    let public = NewInvitation { public_id: first.public_id, ..scene.new_invitation("b@example.com") };
    let secure = NewInvitation { secure_id: first.secure_id, ..scene.new_invitation("c@example.com") };
    for twin in [public, secure] {
        assert_eq!(insert(store, &twin), Err(StoreError::Conflict(Constraint::RandomId)));
    }
    Ok(())
}

pub(super) fn the_account_and_the_sponsor_have_to_be_there(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let nobody = PersonId::new(scene.sponsor.id.get() + 1);
    let nowhere = AccountId::new(scene.account.id.get() + 1);
    let orphan = NewInvitation { sponsor: nobody, ..scene.new_invitation("ada@example.com") };
    let homeless = NewInvitation { account_id: nowhere, ..scene.new_invitation("ada@example.com") };
    for dangling in [orphan, homeless] {
        assert_eq!(insert(store, &dangling), Err(StoreError::Contended));
    }
    let mut invitation = scene.invited(store, "ada@example.com")?;
    sound(invitation.accept(nobody, second(1)));
    assert_eq!(update(store, &invitation), Err(StoreError::Contended));
    Ok(())
}

pub(super) fn other_accounts_see_nothing(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let invitation = NewInvitation { grant: grant("user"), ..scene.new_invitation("ada@example.com") };
    let invitation = insert(store, &invitation)?;
    store.read("look from elsewhere", |tx| {
        assert_eq!(tx.invitation(elsewhere.id, invitation.id)?, None);
        assert_eq!(tx.invitation_by_public_id(elsewhere.id, &invitation.public_id)?, None);
        assert_eq!(pending(tx, elsewhere.id, &invitation.email)?, None);
        assert_eq!(tx.open_invitations(elsewhere.id, start(), Page::default())?, []);
        assert_eq!(tx.count_open_invitations(elsewhere.id, start())?, 0);
        Ok::<_, StoreError>(())
    })?;
    let mut stolen = Invitation { account_id: elsewhere.id, ..invitation.clone() };
    sound(stolen.revoke(scene.sponsor.id, second(1)));
    assert_eq!(update(store, &stolen), Err(StoreError::Contended));
    assert_eq!(stored(store, &invitation)?, invitation);
    // The look-up by secure id is the only one without an account.
    let by_link = store.read("look by link", |tx| tx.invitation_by_secure_id(&invitation.secure_id))?;
    assert_eq!(found(by_link), invitation);
    Ok(())
}
