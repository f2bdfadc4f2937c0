use chrono::TimeDelta;
use usher_domain::{
    id::InvitationId,
    invitation::{Invitation, Status},
    testkit::{Scene, grant},
    usecase::{
        expire::expire_overdue,
        resend::{ResendError, resend},
    },
};

fn resend_as(scene: &Scene, who: &str, id: InvitationId) -> Result<Invitation, ResendError> {
    scene.act(&scene.actor("onward", who), |tx, env, actor| resend(tx, env, actor, id))
}

#[test]
fn a_resend_renews_term_key_and_mail_and_keeps_the_rest() {
    let scene = Scene::new();
    let first = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    scene.clock.advance(TimeDelta::days(3));
    let again = resend_as(&scene, "jane@example.com", first.id).unwrap();
    assert_eq!((again.id, &again.secure_id), (first.id, &first.secure_id));
    assert_eq!(again.generation, 1);
    assert_eq!(again.created_at, first.created_at);
    assert_eq!(again.sent_at, first.created_at + TimeDelta::days(3));
    assert_eq!(again.expires_at, again.sent_at + TimeDelta::days(14));
    let mails = scene.write(|tx| tx.mails_of(first.account_id, first.id)).unwrap();
    assert_eq!(mails.iter().map(|mail| mail.generation).collect::<Vec<_>>(), [0, 1]);
    assert_ne!(mails[0].reference, mails[1].reference);
    assert_eq!(scene.audited_actions().last(), Some(&"invitation.resent"));
}

#[test]
fn a_resend_too_soon_is_rejected_with_the_time_to_wait() {
    let scene = Scene::new();
    let first = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    scene.clock.advance(TimeDelta::seconds(59));
    let rejected = resend_as(&scene, "jane@example.com", first.id);
    assert_eq!(rejected, Err(ResendError::TooSoon(TimeDelta::seconds(1))));
    scene.clock.advance(TimeDelta::seconds(1));
    assert!(resend_as(&scene, "jane@example.com", first.id).is_ok());
}

#[test]
fn expired_invitations_are_resent_and_ended_ones_are_not() {
    let scene = Scene::new();
    let first = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    scene.clock.advance(TimeDelta::days(15));
    scene.write(|tx| expire_overdue(tx, &scene.env, 10)).unwrap();
    assert_eq!(scene.stored(&first).status, Status::Expired);
    let again = resend_as(&scene, "jane@example.com", first.id).unwrap();
    assert_eq!((again.status, again.closed_at), (Status::Pending, None));
    scene.revoke(&first);
    scene.clock.advance(TimeDelta::days(1));
    assert_eq!(resend_as(&scene, "jane@example.com", first.id), Err(ResendError::NotFound));
    let unknown = resend_as(&scene, "jane@example.com", InvitationId::new(99));
    assert_eq!(unknown, Err(ResendError::NotFound));
}

#[test]
fn an_expired_invitation_is_not_resent_beside_a_newer_open_one() {
    let scene = Scene::new();
    let first = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    scene.clock.advance(TimeDelta::days(15));
    scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let rejected = resend_as(&scene, "jane@example.com", first.id);
    assert_eq!(rejected, Err(ResendError::AlreadyInvited("joe@example.com".to_owned())));
    scene.clock.advance(TimeDelta::days(15));
    assert!(resend_as(&scene, "jane@example.com", first.id).is_ok(), "the newer one has expired as well");
}

#[test]
fn the_member_who_resends_becomes_the_sponsor() {
    let scene = Scene::new();
    scene.add_member("onward", "eng@example.com", grant(["engineer"]));
    scene.add_member("onward", "usr@example.com", grant(["user"]));
    let admin = scene.invite(&scene.admin(), "a@example.com", &["GlobalAdmin"]).unwrap();
    let user = scene.invite(&scene.admin(), "b@example.com", &["user"]).unwrap();
    scene.clock.advance(TimeDelta::minutes(2));
    assert_eq!(resend_as(&scene, "eng@example.com", admin.id), Err(ResendError::AboveCeiling));
    assert_eq!(resend_as(&scene, "usr@example.com", user.id), Err(ResendError::Forbidden));
    let sponsor = resend_as(&scene, "eng@example.com", user.id).unwrap().sponsor;
    assert_eq!(sponsor, Some(scene.actor("onward", "eng@example.com").person.id));
}
