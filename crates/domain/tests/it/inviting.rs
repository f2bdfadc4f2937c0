use chrono::TimeDelta;
use usher_domain::{
    invitation::Status,
    testkit::{Scene, grant},
    usecase::{expire::expire_overdue, invite::InviteError},
};

#[test]
fn an_invitation_its_audit_entry_and_its_mail_are_written_together() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "Joe@Example.com", &["Auditor", "SupportAnalyst"]).unwrap();
    assert_eq!(invitation.email.as_str(), "Joe@Example.com");
    assert_eq!(invitation.status, Status::Pending);
    assert_eq!(invitation.expires_at, invitation.created_at + TimeDelta::days(14));
    assert_eq!(invitation.sponsor, Some(scene.admin().person.id));
    assert_eq!(scene.audited_actions(), ["account.created", "member.added", "invitation.created"]);
    let mails = scene.write(|tx| tx.mails_of(invitation.account_id, invitation.id)).unwrap();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].generation, 0);
}

#[test]
fn a_second_invitation_to_the_address_is_rejected_and_writes_nothing() {
    let scene = Scene::new();
    scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let before = scene.audited_actions();
    let again = scene.invite(&scene.admin(), "JOE@EXAMPLE.COM", &["GlobalAdmin"]);
    assert_eq!(again, Err(InviteError::AlreadyInvited("JOE@EXAMPLE.COM".to_owned())));
    assert_eq!(scene.audited_actions(), before);
}

#[test]
fn the_same_address_can_be_invited_to_another_account() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    scene.invite(&scene.actor("upside", "ann@example.com"), "joe@example.com", &["user"]).unwrap();
}

#[test]
fn ended_invitations_do_not_block_new_ones() {
    let scene = Scene::new();
    let first = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    scene.revoke(&first);
    scene.clock.advance(TimeDelta::minutes(1));
    let second = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    scene.clock.advance(TimeDelta::days(14));
    let third = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    assert_eq!(scene.stored(&second).status, Status::Expired, "recorded on the way");
    assert_eq!(scene.stored(&third).status, Status::Pending);
    assert!(scene.audited_actions().contains(&"invitation.expired"));
}

#[test]
fn members_are_not_invited() {
    let scene = Scene::new();
    let rejected = scene.invite(&scene.admin(), "Jane@example.com", &["Auditor"]);
    assert_eq!(rejected, Err(InviteError::AlreadyMember("Jane@example.com".to_owned())));
}

#[test]
fn authority_is_checked_first() {
    let scene = Scene::new();
    scene.add_member("onward", "aud@example.com", grant(["Auditor"]));
    scene.add_member("onward", "eng@example.com", grant(["engineer"]));
    let auditor = scene.actor("onward", "aud@example.com");
    let engineer = scene.actor("onward", "eng@example.com");
    // An actor who may not invite does not learn that the address is a member's.
    assert_eq!(scene.invite(&auditor, "jane@example.com", &["user"]), Err(InviteError::Forbidden));
    assert_eq!(scene.invite(&engineer, "jane@example.com", &["GlobalAdmin"]), Err(InviteError::AboveCeiling));
    assert!(scene.invite(&engineer, "joe@example.com", &["engineer"]).is_ok());
}

#[test]
fn the_sweep_records_expiry_once() {
    let scene = Scene::new();
    for n in 0..5 {
        scene.invite(&scene.admin(), &format!("p{n}@example.com"), &["Auditor"]).unwrap();
    }
    assert_eq!(scene.write(|tx| expire_overdue(tx, &scene.env, 100)), Ok(0));
    scene.clock.advance(TimeDelta::days(14));
    assert_eq!(scene.write(|tx| expire_overdue(tx, &scene.env, 3)), Ok(3));
    assert_eq!(scene.write(|tx| expire_overdue(tx, &scene.env, 3)), Ok(2));
    assert_eq!(scene.write(|tx| expire_overdue(tx, &scene.env, 3)), Ok(0));
    assert_eq!(scene.audited_actions().iter().filter(|action| **action == "invitation.expired").count(), 5);
}
