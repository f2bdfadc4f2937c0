//! Operators who end the rights of administrators at the same time.

use usher_domain::{
    address::EmailAddress,
    membership::Membership,
    port::{Store, StoreError},
    usecase::{
        erase_person::{ErasePersonError, erase_person},
        manage_member::{ManageMemberError, MemberToChange, remove_member, set_roles},
    },
};

use crate::{
    scene::{Scene, THREADS, grant},
    support::{TestDatabase, on_both},
};

on_both! {
    one_administrator_stays,
}

/// Operators take the rights of all administrators at the same time, each in one of three ways.
fn one_administrator_stays(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let store: &dyn Store = place.store();
    for round in 0..4 {
        let address = |index: usize| format!("admin{round}-{index}@example.com");
        let members: Vec<_> =
            (0..THREADS).map(|index| scene.add_administrator(store, &address(index))).collect();
        let everyone_else = store.read("members", |tx| tx.members(scene.owner.account.id)).unwrap();
        for (person, _) in everyone_else.iter().filter(|(person, _)| !members.contains(&person.email)) {
            store.write("erase", |tx| erase_person(tx, &scene.env, &person.email, true)).unwrap();
        }
        let ends = scene.race(|index, store| {
            let attempts = std::iter::repeat_with(|| end_rights(&scene, store, index, &members[index]));
            attempts.take(50).find(|end| *end != Err(StoreError::Contended)).unwrap()
        });
        let ended = ends.iter().filter(|end| **end == Ok(true)).count();
        assert_eq!(ended, THREADS - 1, "{ends:?}");
        let left = store.read("members", |tx| tx.members(scene.owner.account.id)).unwrap();
        let administers = |membership: &Membership| membership.grant == grant("GlobalAdmin");
        assert_eq!(left.iter().filter(|(_, membership)| administers(membership)).count(), 1);
    }
}

/// Ends the rights of an administrator in the way of the index. `false` for the last one.
fn end_rights(
    scene: &Scene,
    store: &dyn Store,
    index: usize,
    email: &EmailAddress,
) -> Result<bool, StoreError> {
    let member =
        MemberToChange { account: scene.owner.account.name.clone(), email: email.clone(), force: false };
    let managed = |end| match end {
        Ok(_) => Ok(true),
        Err(ManageMemberError::LastAdministrator { .. }) => Ok(false),
        Err(ManageMemberError::Store(error)) => Err(error),
        Err(error) => panic!("{error}"),
    };
    match index % 3 {
        0 => managed(store.write("set_roles", |tx| set_roles(tx, &scene.env, &member, &grant("user")))),
        1 => managed(store.write("remove", |tx| remove_member(tx, &scene.env, &member))),
        _ => match store.write("erase", |tx| erase_person(tx, &scene.env, email, false)) {
            Ok(_) => Ok(true),
            Err(ErasePersonError::LastAdministrator { .. }) => Ok(false),
            Err(ErasePersonError::Store(error)) => Err(error),
            Err(error) => panic!("{error}"),
        },
    }
}
