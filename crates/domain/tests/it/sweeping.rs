use chrono::TimeDelta;
use usher_domain::{
    address::EmailAddress,
    env::Retention,
    invitation::{Invitation, Status},
    outbox::LeaseToken,
    testkit::Scene,
    token::Token,
    usecase::{
        deliver::{Turn, claim, settle},
        invite::InviteError,
        resend::{ResendError, resend},
        sweep::{LEASE, end_lease, sweep},
    },
};

fn token(scene: &Scene) -> LeaseToken {
    Token::generate(scene.env.entropy.as_ref())
}

/// Sweeps in turns of two rows until nothing is left, and returns the number of full turns.
fn sweep_all(scene: &Scene) -> usize {
    let token = token(scene);
    let turn = || scene.write(|tx| sweep(tx, &scene.env, &token, 2)).unwrap().expect("nobody else sweeps");
    let mut turns = 0;
    while turn() > 0 {
        turns += 1;
    }
    scene.write(|tx| end_lease(tx, &scene.env, &token)).unwrap();
    turns
}

#[test]
fn one_process_sweeps_at_a_time() {
    let scene = Scene::new();
    let (first, other) = (token(&scene), token(&scene));
    let turn = |token| scene.write(|tx| sweep(tx, &scene.env, token, 10)).unwrap();
    assert_eq!((turn(&first), turn(&other), turn(&first)), (Some(0), None, Some(0)));
    scene.clock.advance(LEASE);
    assert_eq!((turn(&other), turn(&first)), (Some(0), None), "its holder is gone");
    scene.write(|tx| end_lease(tx, &scene.env, &other)).unwrap();
    assert_eq!(turn(&first), Some(0));
}

#[test]
fn a_turn_is_bounded() {
    let scene = Scene::new();
    let invitations = scene.invite_guests(5);
    scene.clock.advance(TimeDelta::days(14));
    assert_eq!(sweep_all(&scene), 5, "five expiries and five old quotas, two in a turn");
    assert!(invitations.iter().all(|invitation| scene.stored(invitation).status == Status::Expired));
}

fn relay_all(scene: &Scene) {
    let claimed = scene.write(|tx| claim(tx, &scene.env, &Turn::default(), 10)).unwrap();
    for delivery in claimed.deliveries {
        scene.write(|tx| settle(tx, &scene.env, &delivery, &Ok(()))).unwrap();
    }
}

fn mails(scene: &Scene, invitation: &Invitation) -> usize {
    scene.read(|tx| tx.mails_of(invitation.account_id, invitation.id)).len()
}

#[test]
fn old_data_is_removed_when_its_retention_ends() {
    let scene = Scene::new();
    let invitations = scene.invite_guests(3);
    relay_all(&scene);
    let queued = scene.invite(&scene.admin(), "late@example.com", &["Auditor"]).unwrap();
    scene.clock.advance(TimeDelta::days(14));
    sweep_all(&scene);
    let Retention { invitations: personal, mails: sent, audit_events, .. } = scene.env.policy.retention;
    scene.clock.advance(sent.unwrap() - TimeDelta::days(14));
    sweep_all(&scene);
    assert_eq!(mails(&scene, &invitations[0]), 1, "not yet");
    scene.clock.advance(TimeDelta::seconds(1));
    sweep_all(&scene);
    assert_eq!((mails(&scene, &invitations[0]), mails(&scene, &queued)), (0, 1));

    scene.clock.advance(personal.unwrap() - sent.unwrap() + TimeDelta::days(14));
    assert_eq!(scene.stored(&invitations[0]).email.as_str(), "guest0@example.com");
    sweep_all(&scene);
    let erased = scene.stored(&invitations[0]);
    assert_eq!((erased.email, erased.name, erased.status), (EmailAddress::erased(), None, Status::Expired));
    let resent = scene.act(&scene.admin(), |tx, env, admin| resend(tx, env, admin, invitations[0].id));
    assert_eq!(resent, Err(ResendError::NotFound), "there is no address to send to");
    assert!(!scene.audited_actions().is_empty());
    scene.clock.advance(audit_events.unwrap());
    sweep_all(&scene);
    assert_eq!(scene.audited_actions(), Vec::<&str>::new());
    let again: Result<_, InviteError> = scene.invite(&scene.admin(), "guest0@example.com", &["Auditor"]);
    assert!(again.is_ok());
}

#[test]
fn data_without_retention_stays() {
    let mut scene = Scene::new();
    let retention = Retention { invitations: None, mails: None, audit_events: None, ..Retention::default() };
    scene.env.policy.retention = retention;
    let invitations = scene.invite_guests(2);
    relay_all(&scene);
    scene.clock.advance(TimeDelta::days(5000));
    sweep_all(&scene);
    assert_eq!(scene.stored(&invitations[1]).email.as_str(), "guest1@example.com");
    assert_eq!(mails(&scene, &invitations[1]), 1);
    assert!(scene.audited_actions().len() > 4);
}
