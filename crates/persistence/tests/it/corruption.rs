//! Values that the domain never writes: the error names table, column and row.

use chrono::TimeDelta;
use usher_domain::{
    access_token::TokenDigest,
    id::InvitationId,
    invitation::{Invitation, Status},
    outbox::MailState,
    port::{Store, StoreError, Tx, store::Page},
    usecase::{
        deliver::{Turn, claim},
        expire::expire_overdue,
        invite::InviteError,
        revoke::{RevokeError, revoke},
    },
};

use crate::{
    scene::{Scene, grant},
    support::{TestDatabase, on_both},
};

on_both! {
    the_place_of_a_value_that_cannot_be_is_named,
    a_list_passes_over_such_a_row,
    a_scope_that_is_not_known_opens_nothing,
    what_was_accepted_by_older_rules_can_be_read,
    an_invitation_to_a_role_that_is_gone_can_be_taken_back,
    unreadable_rows_hold_up_no_mail_and_no_sweep,
}

/// An invalid stored value: its table and column, and the look-up that reads it.
type Damage =
    (&'static str, &'static str, &'static str, fn(&mut dyn Tx, &Invitation) -> Result<(), StoreError>);

const DAMAGES: [Damage; 17] = [
    ("account", "public_id", "'short'", look_at_account),
    ("account", "title", "''", look_at_account),
    ("account", "name", "'No Slug'", look_at_account),
    ("person", "email", "'nobody'", look_at_person),
    ("person", "name", "''", look_at_person),
    ("membership", "roles", "'9'", look_at_membership),
    ("membership", "roles", "''", look_at_membership),
    ("membership", "services", "'service'", look_at_membership),
    ("membership", "services", "'a=nothing'", look_at_membership),
    ("invitation", "secure_id", "'?'", look_at_invitation),
    ("invitation", "name", "''", look_at_invitation),
    ("invitation", "generation", "-1", look_at_invitation),
    ("access_token", "public_id", "'short'", look_at_token),
    ("access_token", "name", "''", look_at_token),
    ("delivery", "reference", "''", look_at_mails),
    ("delivery", "attempts", "5000000000", look_at_mails),
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

fn look_at_token(tx: &mut dyn Tx, _invitation: &Invitation) -> Result<(), StoreError> {
    tx.token_holders(&[&digest()]).map(drop)
}

fn digest() -> TokenDigest {
    TokenDigest::new([7; 32])
}

fn look_at_mails(tx: &mut dyn Tx, invitation: &Invitation) -> Result<(), StoreError> {
    tx.mails_of(invitation.account_id, invitation.id).map(drop)
}

fn look_at_audit(tx: &mut dyn Tx, invitation: &Invitation) -> Result<(), StoreError> {
    tx.audit_events(invitation.account_id).map(drop)
}

fn the_place_of_a_value_that_cannot_be_is_named(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let invitation = scene.invite(place.store(), "ada@example.com").unwrap();
    let store: &dyn Store = place.store();
    store.write("token", |tx| tx.insert_access_token(&scene.new_access_token(&digest()))).unwrap();
    for (table, column, value, look) in DAMAGES {
        place.execute(&format!("UPDATE {table} SET {column} = {value}"));
        let end = store.read("look", |tx| look(tx, &invitation));
        let named = StoreError::Corrupt { table, column, id: 1 };
        assert_eq!(end, Err(named), "{table}.{column} = {value}");
        place.execute(&format!("UPDATE {table} SET {column} = {}", sound(table, column)));
    }
}

/// A valid value for the column.
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

/// The other invitations are listed; the count and the offsets include the unreadable one.
fn a_list_passes_over_such_a_row(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    for address in ["a@example.com", "b@example.com", "c@example.com"] {
        scene.invite(place.store(), address).unwrap();
    }
    let store: &dyn Store = place.store();
    place.execute("UPDATE invitation SET roles = '9' WHERE email_key = 'b@example.com'");
    let account = scene.owner.account.id;
    let listed = |page| {
        let read = store.read("list", |tx| tx.open_invitations(account, scene.now(), page)).unwrap();
        read.into_iter().map(|invitation| invitation.id.get()).collect::<Vec<_>>()
    };
    assert_eq!(listed(Page::default()), [1, 3]);
    assert_eq!(listed(Page { limit: Some(2), ..Page::default() }), [1]);
    assert_eq!(listed(Page { limit: Some(2), offset: 2, ..Page::default() }), [3]);
    assert_eq!(store.read("count", |tx| tx.count_open_invitations(account, scene.now())), Ok(3));
}

/// Such a scope could come from a newer program. The other tokens can still be listed and revoked.
fn a_scope_that_is_not_known_opens_nothing(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let store: &dyn Store = place.store();
    let insert = |digest: &TokenDigest| {
        store.write("token", |tx| tx.insert_access_token(&scene.new_access_token(digest))).unwrap()
    };
    insert(&digest());
    let sound = insert(&TokenDigest::new([8; 32]));
    let newer = "UPDATE access_token SET scope = 'purge_all' WHERE id = 1";
    place.execute_past("access_token", "access_token_scope", newer);
    let held = store.read("look", |tx| tx.token_holders(&[&digest()]));
    assert_eq!(held, Err(StoreError::Corrupt { table: "access_token", column: "scope", id: 1 }));
    let listed = store.read("list", |tx| tx.access_tokens(scene.owner.account.id));
    assert_eq!(listed, Ok(vec![sound]));
}

/// Rules become stricter and roles are removed: older rows stay readable, and unknown roles grant nothing.
fn what_was_accepted_by_older_rules_can_be_read(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let invitation = scene.invite(place.store(), "ada@example.com").unwrap();
    place.execute("UPDATE invitation SET email = '=?x@example.com', email_key = '=?x@example.com'");
    place.execute("UPDATE invitation SET name = 'see www.example.com', roles = 'Emperor'");
    let store: &dyn Store = place.store();
    let read = store.read("get", |tx| tx.invitation(invitation.account_id, invitation.id)).unwrap().unwrap();
    assert_eq!(read.email.as_str(), "=?x@example.com");
    assert_eq!(read.name.unwrap().as_str(), "see www.example.com");
    assert!(!scene.owner.membership.grant.may_hand_out(&read.grant), "nobody holds an unknown role");
}

/// Such an invitation can no longer be created. It occupies its address, so revoking it has to work.
fn an_invitation_to_a_role_that_is_gone_can_be_taken_back(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let invitation = scene.invite(place.store(), "ada@example.com").unwrap();
    place.execute("UPDATE invitation SET roles = 'Emperor'");
    let store: &dyn Store = place.store();
    let mut engineer = scene.owner.clone();
    engineer.membership.grant = grant("engineer");
    let refused = store.write("revoke", |tx| revoke(tx, &scene.env, &engineer, &invitation.id.into()));
    assert_eq!(refused, Err(RevokeError::AboveCeiling));
    assert!(matches!(scene.invite(store, "ada@example.com"), Err(InviteError::AlreadyInvited(_))));
    assert_eq!(scene.revoke(store, invitation.id), Ok(()));
    assert_eq!(scene.stored(place, invitation.id).status, Status::Revoked);
    scene.clock.advance(scene.env.policy.resend_interval);
    assert!(scene.invite(store, "ada@example.com").is_ok(), "the address is free again");
}

/// There are more unreadable rows than one claim takes, and they come before the readable ones.
fn unreadable_rows_hold_up_no_mail_and_no_sweep(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    for n in 0..5 {
        scene.invite(place.store(), &format!("bad{n}@example.com")).unwrap();
    }
    scene.invite(place.store(), "good@example.com").unwrap();
    place.execute("UPDATE invitation SET roles = '9' WHERE email LIKE 'bad%'");
    let store: &dyn Store = place.store();
    let claimed: Vec<_> = (0..3)
        .flat_map(|_| {
            store.write("claim", |tx| claim(tx, &scene.env, &Turn::default(), 2)).unwrap().deliveries
        })
        .map(|delivery| delivery.content.to.to_string())
        .collect();
    assert_eq!(claimed, ["good@example.com"]);
    let dead = store.read("mails", |tx| tx.mails_of(scene.owner.account.id, InvitationId::new(1))).unwrap();
    assert_eq!(dead[0].state, MailState::Dead);
    assert_eq!(dead[0].last_error.as_deref(), Some("invitation.roles of row 1 cannot be read"));

    scene.clock.advance(TimeDelta::days(30));
    assert_eq!(store.write("sweep", |tx| expire_overdue(tx, &scene.env, 100)), Ok(1));
}
