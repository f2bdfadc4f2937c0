use super::{
    Outcome,
    sample::{Scene, grant, second, sound, start},
};
use crate::{
    id::{AccountId, PersonId},
    membership::Membership,
    port::{Store, StoreError, store::Constraint},
    role::{Grant, RoleName, ServiceGrant, ServiceId, ServicePermission},
};

/// A grant that uses everything that a grant can hold.
fn rich_grant() -> Grant {
    let roles = ["user", "Auditor"].map(|role| sound(RoleName::parse(role)));
    let services = ServicePermission::EVERY.map(|permission| ServiceGrant {
        service: sound(ServiceId::parse(&format!("svc_{}-X", permission.as_str())).ok_or("service")),
        permission,
    });
    sound(Grant::new(roles.into(), true, services.into()))
}

fn membership(account: AccountId, person: PersonId, grant: Grant) -> Membership {
    Membership { account_id: account, person_id: person, grant, created_at: second(7) }
}

pub(super) fn a_membership_is_found_by_account_and_person(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let new = scene.new_person("ada@example.com");
    let person = store.write("insert person", |tx| tx.insert_person(&new))?;
    let written = membership(scene.account.id, person.id, rich_grant());
    store.write("insert", |tx| tx.insert_membership(&written))?;
    let elsewhere = scene.other_account(store)?;
    store.read("look", |tx| {
        assert_eq!(tx.membership(scene.account.id, person.id)?.as_ref(), Some(&written));
        assert_eq!(tx.membership(elsewhere.id, person.id)?, None);
        Ok(())
    })
}

pub(super) fn a_person_is_once_in_an_account(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let again = membership(scene.account.id, scene.sponsor.id, grant("user"));
    let end = store.write("insert again", |tx| tx.insert_membership(&again));
    assert_eq!(end, Err(StoreError::Conflict(Constraint::Membership)));
    let kept = store.read("look", |tx| tx.membership(scene.account.id, scene.sponsor.id))?;
    assert_eq!(kept.map(|membership| membership.grant), Some(grant("GlobalAdmin")));
    Ok(())
}

pub(super) fn the_accounts_of_a_person_come_by_number(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let person = scene.sponsor.id;
    let (first, second) = store.write("insert", |tx| {
        let first = tx.insert_account(&scene.new_account("zz"))?;
        let second = tx.insert_account(&scene.new_account("aa"))?;
        let stranger = tx.insert_person(&scene.new_person("ada@example.com"))?;
        tx.insert_membership(&membership(second.id, person, rich_grant()))?;
        tx.insert_membership(&membership(first.id, person, grant("user")))?;
        tx.insert_membership(&membership(first.id, stranger.id, grant("user")))?;
        Ok::<_, StoreError>((first, second))
    })?;
    let all = store.read("list", |tx| tx.memberships_of(person))?;
    let own =
        Membership { created_at: start(), ..membership(scene.account.id, person, grant("GlobalAdmin")) };
    let expected = [
        (scene.account.clone(), own),
        (first.clone(), membership(first.id, person, grant("user"))),
        (second.clone(), membership(second.id, person, rich_grant())),
    ];
    assert_eq!(all, expected);
    Ok(())
}

pub(super) fn a_membership_can_end_and_begin_again(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let (account, person) = (scene.account.id, scene.sponsor.id);
    store.write("end and begin", |tx| {
        assert!(!tx.delete_membership(elsewhere.id, person)?);
        assert!(tx.delete_membership(account, person)?);
        assert!(!tx.delete_membership(account, person)?);
        assert_eq!(tx.membership(account, person)?, None);
        tx.insert_membership(&membership(account, person, grant("user")))
    })?;
    let all = store.read("list", |tx| tx.memberships_of(person))?;
    assert_eq!(all, [(scene.account, membership(account, person, grant("user")))]);
    Ok(())
}

pub(super) fn both_ends_have_to_be_there(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let (account, person) = (scene.account.id, scene.sponsor.id);
    let nobody = PersonId::new(person.get() + 1);
    let nowhere = AccountId::new(account.get() + 1);
    for (account, person) in [(account, nobody), (nowhere, person)] {
        let dangling = membership(account, person, grant("user"));
        let end = store.write("insert dangling", |tx| tx.insert_membership(&dangling));
        assert_eq!(end, Err(StoreError::Contended));
    }
    Ok(())
}

pub(super) fn an_update_replaces_the_grant(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let (account, person) = (scene.account.id, scene.sponsor.id);
    let changed = Membership { created_at: start(), ..membership(account, person, rich_grant()) };
    // An update must not change when the membership began.
    let sent = Membership { created_at: second(9), ..changed.clone() };
    assert!(store.write("update", |tx| tx.update_membership(&sent))?);
    assert_eq!(store.read("look", |tx| tx.membership(account, person))?, Some(changed));
    let nobody = membership(account, PersonId::new(person.get() + 1), grant("user"));
    assert!(!store.write("update nobody", |tx| tx.update_membership(&nobody))?);
    Ok(())
}

pub(super) fn members_come_by_address(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let mut expected = Vec::new();
    for address in ["zoe@example.com", "Ada@example.com"] {
        let person = store.write("insert person", |tx| tx.insert_person(&scene.new_person(address)))?;
        let membership = membership(scene.account.id, person.id, rich_grant());
        store.write("insert", |tx| tx.insert_membership(&membership))?;
        expected.push((person, membership));
    }
    let own = membership(scene.account.id, scene.sponsor.id, grant("GlobalAdmin"));
    expected.push((scene.sponsor.clone(), Membership { created_at: start(), ..own }));
    // Ada, the owner, Zoe.
    expected.reverse();
    expected.swap(0, 1);
    store.read("list", |tx| {
        assert_eq!(tx.members(scene.account.id)?, expected);
        assert_eq!(tx.members(elsewhere.id)?, []);
        Ok(())
    })
}
