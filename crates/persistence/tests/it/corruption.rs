//! Values that the domain would never have written: the answer names their place.

use usher_domain::port::{Store, StoreError, Tx, store::Page};

use crate::{
    support::{Place, on_both},
    world::World,
};

on_both! {
    the_place_of_a_value_that_cannot_be_is_named,
    a_list_with_one_such_row_is_refused,
}

fn the_place_of_a_value_that_cannot_be_is_named(place: &dyn Place) {
    let world = World::new(place);
    let invitation = world.invite(place.store(), "ada@example.com").unwrap();
    let store: &dyn Store = place.store();
    let account = world.owner.account.id;
    let person = world.owner.person.id;
    type Look<'a> = &'a dyn Fn(&mut dyn Tx) -> Result<(), StoreError>;
    let look_account: Look<'_> = &|tx| tx.account(account).map(drop);
    let look_person: Look<'_> = &|tx| tx.person(person).map(drop);
    let look_membership: Look<'_> = &|tx| tx.membership(account, person).map(drop);
    let look_invitation: Look<'_> = &|tx| tx.invitation(account, invitation.id).map(drop);
    let look_mail: Look<'_> = &|tx| tx.mails_of(invitation.id).map(drop);
    let look_audit: Look<'_> = &|tx| tx.audit_events(account).map(drop);
    for (table, column, value, look) in [
        ("account", "public_id", "'short'", look_account),
        ("account", "title", "'www.example.com'", look_account),
        ("account", "name", "'No Slug'", look_account),
        ("person", "email", "'nobody'", look_person),
        ("person", "name", "''", look_person),
        ("membership", "roles", "'Emperor'", look_membership),
        ("membership", "roles", "''", look_membership),
        ("membership", "services", "'service'", look_membership),
        ("membership", "services", "'a=full,a=full'", look_membership),
        ("invitation", "secure_id", "'?'", look_invitation),
        ("invitation", "name", "'<b>'", look_invitation),
        ("invitation", "generation", "-1", look_invitation),
        ("mail", "reference", "''", look_mail),
        ("mail", "attempts", "5000000000", look_mail),
        ("audit_event", "action", "'invitation.lost'", look_audit),
    ] {
        let keep = format!("UPDATE {table} SET {column} = {value}");
        let (_, undo) = (place.execute(&keep), look);
        let end = store.read("look", |tx| undo(tx));
        let Err(StoreError::Corrupt { table: at, column: named, id }) = end else {
            panic!("{table}.{column} = {value}: {end:?}")
        };
        // A service that is listed twice makes the grant impossible, which counts for its first column.
        let expected = if value.contains("a=full,") { "roles" } else { column };
        assert_eq!((at, named), (table, expected));
        assert!(id > 0);
        place.execute(&format!("UPDATE {table} SET {column} = {}", sound(table, column)));
    }
}

/// A value with which the row can be read again.
fn sound(table: &str, column: &str) -> &'static str {
    match (table, column) {
        (_, "public_id" | "reference") => "'AAAAAAAAAAAAAAAAAAAAAA'",
        (_, "secure_id") => "'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'",
        ("account", "name") => "'onward'",
        (_, "email") => "'owner@example.com'",
        (_, "roles") => "'user'",
        (_, "services") => "''",
        (_, "generation" | "attempts") => "0",
        (_, "action") => "'invitation.created'",
        _ => "'Ada'",
    }
}

fn a_list_with_one_such_row_is_refused(place: &dyn Place) {
    let world = World::new(place);
    for address in ["a@example.com", "b@example.com", "c@example.com"] {
        world.invite(place.store(), address).unwrap();
    }
    let store: &dyn Store = place.store();
    place.execute("UPDATE invitation SET roles = 'Emperor' WHERE email_key = 'b@example.com'");
    let end =
        store.read("list", |tx| tx.open_invitations(world.owner.account.id, world.now(), Page::default()));
    assert!(
        matches!(end, Err(StoreError::Corrupt { table: "invitation", column: "roles", id: 2 })),
        "{end:?}"
    );
}
