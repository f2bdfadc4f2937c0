//! Values that the domain would never have written: the answer names their place.

use usher_domain::{
    invitation::Invitation,
    port::{Store, StoreError, Tx, store::Page},
};

use crate::{
    support::{Place, on_both},
    world::World,
};

on_both! {
    the_place_of_a_value_that_cannot_be_is_named,
    a_list_with_one_such_row_is_refused,
}

/// A stored value that cannot be: its table and column, and the look-up that meets it.
type Damage =
    (&'static str, &'static str, &'static str, fn(&mut dyn Tx, &Invitation) -> Result<(), StoreError>);

const DAMAGES: [Damage; 15] = [
    ("account", "public_id", "'short'", look_at_account),
    ("account", "title", "'www.example.com'", look_at_account),
    ("account", "name", "'No Slug'", look_at_account),
    ("person", "email", "'nobody'", look_at_person),
    ("person", "name", "''", look_at_person),
    ("membership", "roles", "'Emperor'", look_at_membership),
    ("membership", "roles", "''", look_at_membership),
    ("membership", "services", "'service'", look_at_membership),
    ("membership", "services", "'a=nothing'", look_at_membership),
    ("invitation", "secure_id", "'?'", look_at_invitation),
    ("invitation", "name", "'<b>'", look_at_invitation),
    ("invitation", "generation", "-1", look_at_invitation),
    ("mail", "reference", "''", look_at_mails),
    ("mail", "attempts", "5000000000", look_at_mails),
    ("audit_event", "action", "'invitation.lost'", look_at_audit),
];

fn look_at_account(tx: &mut dyn Tx, invitation: &Invitation) -> Result<(), StoreError> {
    tx.account(invitation.account_id).map(drop)
}

fn look_at_person(tx: &mut dyn Tx, invitation: &Invitation) -> Result<(), StoreError> {
    tx.person(invitation.sponsor.unwrap()).map(drop)
}

fn look_at_membership(tx: &mut dyn Tx, invitation: &Invitation) -> Result<(), StoreError> {
    tx.membership(invitation.account_id, invitation.sponsor.unwrap()).map(drop)
}

fn look_at_invitation(tx: &mut dyn Tx, invitation: &Invitation) -> Result<(), StoreError> {
    tx.invitation(invitation.account_id, invitation.id).map(drop)
}

fn look_at_mails(tx: &mut dyn Tx, invitation: &Invitation) -> Result<(), StoreError> {
    tx.mails_of(invitation.id).map(drop)
}

fn look_at_audit(tx: &mut dyn Tx, invitation: &Invitation) -> Result<(), StoreError> {
    tx.audit_events(invitation.account_id).map(drop)
}

fn the_place_of_a_value_that_cannot_be_is_named(place: &dyn Place) {
    let world = World::new(place);
    let invitation = world.invite(place.store(), "ada@example.com").unwrap();
    let store: &dyn Store = place.store();
    for (table, column, value, look) in DAMAGES {
        place.execute(&format!("UPDATE {table} SET {column} = {value}"));
        let end = store.read("look", |tx| look(tx, &invitation));
        let named = StoreError::Corrupt { table, column, id: 1 };
        assert_eq!(end, Err(named), "{table}.{column} = {value}");
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
