use std::slice;

use super::{
    Outcome,
    access_tokens::insert as insert_token,
    sample::{Scene, digest, email, found, insert, second, sound, start, stored, update},
};
use crate::{
    invitation::NewInvitation,
    membership::Membership,
    port::{
        Store, StoreError,
        store::{Addressee, Constraint, PersonWithMemberships},
    },
};

pub(super) fn callers_are_found_in_their_places(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let lonely = store.write("person", |tx| tx.insert_person(&scene.new_person("lonely@example.com")))?;
    let here = store.read("look", |tx| tx.membership(scene.account.id, scene.sponsor.id)).map(found)?;
    let there = Membership { account_id: elsewhere.id, ..here.clone() };
    store.write("join", |tx| tx.insert_membership(&there))?;
    let sponsor = PersonWithMemberships {
        person: scene.sponsor.clone(),
        memberships: vec![(scene.account.clone(), here.clone()), (elsewhere.clone(), there)],
    };
    let alone = PersonWithMemberships { person: lonely.clone(), memberships: Vec::new() };
    let nobody = email("nobody@example.com");
    let asked = [&lonely.email, &nobody, &scene.sponsor.email, &lonely.email];
    let known = store.look("known", |tx| tx.people_with_memberships(&asked))?;
    assert_eq!(known, [Some(alone.clone()), None, Some(sponsor), Some(alone)]);
    assert_eq!(store.look("nobody", |tx| tx.people_with_memberships(&[]))?, []);

    let tokens = [1, 2].map(|n| insert_token(store, &scene.new_access_token(n)));
    let [first, second] = tokens.map(sound);
    let asked = [&digest(2), &digest(3), &digest(1), &digest(2)];
    let holders = store.look("holders", |tx| tx.token_holders(&asked))?;
    let pairs: Vec<_> =
        holders.into_iter().map(|holder| holder.map(|holder| (holder.token, holder.membership))).collect();
    let (first, second) = (Some((first, here.clone())), Some((second, here)));
    assert_eq!(pairs, [second.clone(), None, first, second]);
    Ok(())
}

pub(super) fn addressees_are_judged_in_their_places(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let here = scene.invited(store, "ada@example.com")?;
    let there = insert(
        store,
        &NewInvitation { account_id: elsewhere.id, ..scene.new_invitation("ada@example.com") },
    )?;
    let mut ended = scene.invited(store, "eve@example.com")?;
    sound(ended.revoke(scene.sponsor.id, second(1)));
    update(store, &ended)?;
    let (ada, eve) = (email("aDa@example.com"), email("eve@example.com"));
    let at = |account, email| Addressee { account, email };
    let asked = [
        at(elsewhere.id, &ada),
        at(scene.account.id, &eve),
        at(scene.account.id, &scene.sponsor.email),
        at(elsewhere.id, &scene.sponsor.email),
        at(scene.account.id, &ada),
    ];
    store.look("addressees", |tx| {
        let pending = tx.pending_invitations(&asked)?;
        assert_eq!(pending, [Some(there.clone()), None, None, None, Some(here.clone())]);
        assert_eq!(tx.are_members(&asked)?, [false, false, true, false, false]);
        let named = [(elsewhere.id, here.id), (scene.account.id, ended.id), (elsewhere.id, there.id)];
        let found = tx.invitations(&named)?;
        assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, true]);
        assert_eq!((tx.invitations(&[])?, tx.are_members(&[])?), (vec![], vec![]));
        Ok(())
    })
}

/// The addresses can be in any order, and the other rows of the unit are kept.
pub(super) fn invitations_are_written_but_for_those_that_are_taken(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let taken = scene.invited(store, "b@example.com")?;
    let new =
        ["z@example.com", "B@example.com", "a@example.com"].map(|address| scene.new_invitation(address));
    let written = store.write("several", |tx| {
        let written = tx.insert_invitations(&new)?;
        let mails: Vec<_> = written.iter().flatten().map(|one| scene.new_mail(one, 3)).collect();
        tx.enqueue(&mails)?;
        Ok::<_, StoreError>(written)
    })?;
    let [Some(z), None, Some(a)] = written.as_slice() else { panic!("{written:?}") };
    for (invitation, new) in [(z, &new[0]), (a, &new[2])] {
        assert_eq!(*invitation, new.numbered(invitation.id));
        assert_eq!(stored(store, invitation)?, *invitation);
        let mails = store.look("mails", |tx| tx.mails_of(invitation.account_id, invitation.id))?;
        assert_eq!(mails.len(), 1);
    }
    assert_eq!(stored(store, &taken)?, taken);

    // A random id that exists already is a conflict: nothing is written.
    let fresh = scene.new_invitation("new@example.com");
    let twin = NewInvitation { secure_id: taken.secure_id.clone(), ..scene.new_invitation("c@example.com") };
    let rejected = store.write("twin", |tx| tx.insert_invitations(&[fresh.clone(), twin.clone()]));
    assert_eq!(rejected, Err(StoreError::Conflict(Constraint::RandomId)));
    let addressee = Addressee { account: scene.account.id, email: &fresh.email };
    let pending = store.look("look", |tx| tx.pending_invitations(slice::from_ref(&addressee)))?;
    assert_eq!((pending, taken.created_at), (vec![None], start()));
    Ok(())
}

/// As many as a busy server puts into one batch, with a taken address among them.
pub(super) fn many_invitations_are_written_at_once(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    scene.invited(store, "guest17@example.com")?;
    let new: Vec<_> = (0..40).map(|n| scene.new_invitation(&format!("guest{n}@example.com"))).collect();
    let written = store.write("many", |tx| {
        let written = tx.insert_invitations(&new)?;
        let mails: Vec<_> = written.iter().flatten().map(|one| scene.new_mail(one, 3)).collect();
        tx.enqueue(&mails)?;
        Ok::<_, StoreError>(written)
    })?;
    for (n, (invitation, new)) in written.iter().zip(&new).enumerate() {
        let Some(invitation) = invitation else {
            assert_eq!(n, 17);
            continue;
        };
        assert_eq!(*invitation, new.numbered(invitation.id));
        assert_eq!(stored(store, invitation)?, *invitation);
        assert_eq!(store.look("mails", |tx| tx.mails_of(invitation.account_id, invitation.id))?.len(), 1);
    }
    assert_eq!(written.iter().flatten().count(), 39);
    Ok(())
}
