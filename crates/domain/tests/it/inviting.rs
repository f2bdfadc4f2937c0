use chrono::TimeDelta;
use usher_domain::{
    invitation::Status,
    role::Grant,
    usecase::{expire::expire_overdue, invite::InviteError, revoke::revoke},
};

use crate::world::world;

#[test]
fn an_invitation_its_audit_entry_and_its_mail_are_written_together() {
    let world = world();
    let invitation = world.invite(&world.jane(), "Joe@Example.com", &["Auditor", "SupportAnalyst"]).unwrap();
    assert_eq!(invitation.email.as_str(), "Joe@Example.com");
    assert_eq!(invitation.status, Status::Pending);
    assert_eq!(invitation.expires_at, invitation.created_at + TimeDelta::days(14));
    assert_eq!(invitation.sponsor, Some(world.jane().person.id));
    assert_eq!(world.actions(), ["account.created", "member.added", "invitation.created"]);
    let mails = world.write(|tx| tx.mails_of(invitation.account_id, invitation.id)).unwrap();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].generation, 0);
}

#[test]
fn a_second_invitation_to_the_address_is_refused_and_writes_nothing() {
    let world = world();
    world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    let before = world.actions();
    let again = world.invite(&world.jane(), "JOE@EXAMPLE.COM", &["GlobalAdmin"]);
    assert_eq!(again, Err(InviteError::AlreadyInvited("JOE@EXAMPLE.COM".to_owned())));
    assert_eq!(world.actions(), before);
}

#[test]
fn the_same_address_can_be_invited_to_another_account() {
    let world = world();
    world.account("upside", "Upside");
    world.member("upside", "ann@example.com", Grant::of_roles(["superuser"]).unwrap());
    world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    world.invite(&world.actor("upside", "ann@example.com"), "joe@example.com", &["user"]).unwrap();
}

#[test]
fn ended_invitations_never_stand_in_the_way() {
    let world = world();
    let first = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    world.act(&world.jane(), |tx, actor| revoke(tx, &world.env, actor, &first.id.into())).unwrap();
    let second = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    world.clock.advance(TimeDelta::days(14));
    let third = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    assert_eq!(world.stored(second.id).status, Status::Expired, "written down on the way");
    assert_eq!(world.stored(third.id).status, Status::Pending);
    assert!(world.actions().contains(&"invitation.expired"));
}

#[test]
fn members_are_not_invited() {
    let world = world();
    let refused = world.invite(&world.jane(), "Jane@example.com", &["Auditor"]);
    assert_eq!(refused, Err(InviteError::AlreadyMember("Jane@example.com".to_owned())));
}

#[test]
fn rights_are_asked_for_before_anything_else() {
    let world = world();
    world.member("onward", "aud@example.com", Grant::of_roles(["Auditor"]).unwrap());
    world.member("onward", "eng@example.com", Grant::of_roles(["engineer"]).unwrap());
    let auditor = world.actor("onward", "aud@example.com");
    let engineer = world.actor("onward", "eng@example.com");
    // A member's address: who may not invite does not learn even that.
    assert_eq!(world.invite(&auditor, "jane@example.com", &["user"]), Err(InviteError::Forbidden));
    assert_eq!(world.invite(&engineer, "jane@example.com", &["GlobalAdmin"]), Err(InviteError::AboveCeiling));
    assert!(world.invite(&engineer, "joe@example.com", &["engineer"]).is_ok());
}

#[test]
fn the_sweep_writes_expiry_down_once() {
    let world = world();
    for n in 0..5 {
        world.invite(&world.jane(), &format!("p{n}@example.com"), &["Auditor"]).unwrap();
    }
    assert_eq!(world.write(|tx| expire_overdue(tx, &world.env, 100)), Ok(0));
    world.clock.advance(TimeDelta::days(14));
    assert_eq!(world.write(|tx| expire_overdue(tx, &world.env, 3)), Ok(3));
    assert_eq!(world.write(|tx| expire_overdue(tx, &world.env, 3)), Ok(2));
    assert_eq!(world.write(|tx| expire_overdue(tx, &world.env, 3)), Ok(0));
    assert_eq!(world.actions().iter().filter(|action| **action == "invitation.expired").count(), 5);
}
