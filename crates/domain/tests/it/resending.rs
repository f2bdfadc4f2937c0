use chrono::TimeDelta;
use usher_domain::{
    id::InvitationId,
    invitation::{Invitation, Status},
    role::Grant,
    usecase::{
        expire::expire_overdue,
        resend::{ResendError, resend},
        revoke::revoke,
    },
};

use crate::world::{World, world};

fn resend_as(world: &World, who: &str, id: InvitationId) -> Result<Invitation, ResendError> {
    world.act(&world.actor("onward", who), |tx, actor| resend(tx, &world.env, actor, id))
}

#[test]
fn one_path_renews_term_key_and_mail_and_keeps_the_rest() {
    let world = world();
    let first = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    world.clock.advance(TimeDelta::days(3));
    let again = resend_as(&world, "jane@example.com", first.id).unwrap();
    assert_eq!((again.id, &again.secure_id), (first.id, &first.secure_id));
    assert_eq!(again.generation, 1);
    assert_eq!(again.created_at, first.created_at);
    assert_eq!(again.sent_at, first.created_at + TimeDelta::days(3));
    assert_eq!(again.expires_at, again.sent_at + TimeDelta::days(14));
    let mails = world.write(|tx| tx.mails_of(first.account_id, first.id)).unwrap();
    assert_eq!(mails.iter().map(|mail| mail.generation).collect::<Vec<_>>(), [0, 1]);
    assert_ne!(mails[0].reference, mails[1].reference);
    assert_eq!(world.actions().last(), Some(&"invitation.resent"));
}

#[test]
fn too_soon_is_told_with_the_time_to_wait() {
    let world = world();
    let first = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    world.clock.advance(TimeDelta::seconds(59));
    let refused = resend_as(&world, "jane@example.com", first.id);
    assert_eq!(refused, Err(ResendError::TooSoon(TimeDelta::seconds(1))));
    world.clock.advance(TimeDelta::seconds(1));
    assert!(resend_as(&world, "jane@example.com", first.id).is_ok());
}

#[test]
fn expired_ones_can_be_resent_and_ended_ones_cannot() {
    let world = world();
    let first = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    world.clock.advance(TimeDelta::days(15));
    world.write(|tx| expire_overdue(tx, &world.env, 10)).unwrap();
    assert_eq!(world.stored(first.id).status, Status::Expired);
    let again = resend_as(&world, "jane@example.com", first.id).unwrap();
    assert_eq!((again.status, again.closed_at), (Status::Pending, None));
    world.act(&world.jane(), |tx, actor| revoke(tx, &world.env, actor, &first.id.into())).unwrap();
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(resend_as(&world, "jane@example.com", first.id), Err(ResendError::NotFound));
    let unknown = resend_as(&world, "jane@example.com", InvitationId::new(99));
    assert_eq!(unknown, Err(ResendError::NotFound));
}

#[test]
fn an_expired_one_stays_expired_beside_a_newer_open_one() {
    let world = world();
    let first = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    world.clock.advance(TimeDelta::days(15));
    world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    let refused = resend_as(&world, "jane@example.com", first.id);
    assert_eq!(refused, Err(ResendError::AlreadyInvited("joe@example.com".to_owned())));
    world.clock.advance(TimeDelta::days(15));
    assert!(resend_as(&world, "jane@example.com", first.id).is_ok(), "the newer one is over as well");
}

#[test]
fn whoever_resends_answers_for_it() {
    let world = world();
    world.member("onward", "eng@example.com", Grant::of_roles(["engineer"]).unwrap());
    world.member("onward", "usr@example.com", Grant::of_roles(["user"]).unwrap());
    let admin = world.invite(&world.jane(), "a@example.com", &["GlobalAdmin"]).unwrap();
    let user = world.invite(&world.jane(), "b@example.com", &["user"]).unwrap();
    world.clock.advance(TimeDelta::minutes(2));
    assert_eq!(resend_as(&world, "eng@example.com", admin.id), Err(ResendError::AboveCeiling));
    assert_eq!(resend_as(&world, "usr@example.com", user.id), Err(ResendError::Forbidden));
    let sponsor = resend_as(&world, "eng@example.com", user.id).unwrap().sponsor;
    assert_eq!(sponsor, Some(world.actor("onward", "eng@example.com").person.id));
}
