use chrono::TimeDelta;
use usher_domain::{
    invitation::Invitation,
    outbox::{MailState, NextStep, RetryPolicy},
    port::{Clock as _, SendError},
    testkit::{Scene, SeededEntropy, grant},
    text::Locale,
    usecase::{
        deliver::{Delivery, Settled, Turn, claim, settle},
        invite::Invite,
    },
};

fn claimed(scene: &Scene) -> Vec<Delivery> {
    scene.write(|tx| claim(tx, &scene.env, &Turn::default(), 10)).unwrap().deliveries
}

fn settled(scene: &Scene, delivery: &Delivery, result: &Result<(), SendError>) -> Settled {
    scene.write(|tx| settle(tx, &scene.env, delivery, result)).unwrap()
}

fn deferred() -> Result<(), SendError> {
    Err(SendError::Deferred { reason: "451 try later".to_owned() })
}

#[test]
fn a_claimed_mail_has_its_link_and_is_delivered_once() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let deliveries = claimed(&scene);
    assert_eq!(deliveries.len(), 1);
    let content = &deliveries[0].content;
    let link = format!(
        "https://usher.example.com/accept-invitation/{}?key={}",
        invitation.secure_id,
        scene.key(&invitation)
    );
    assert_eq!(content.link, link);
    assert_eq!(content.to.as_str(), "joe@example.com");
    assert_eq!(content.roles, ["Auditor"]);
    assert!(!format!("{content:?}").contains("accept-invitation"), "links stay out of logs");
    assert!(claimed(&scene).is_empty(), "it is leased");
    assert_eq!(settled(&scene, &deliveries[0], &Ok(())), Settled::Relayed);
    scene.clock.advance(TimeDelta::days(1));
    assert!(claimed(&scene).is_empty());
}

#[test]
fn a_lost_lease_changes_nothing() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let late = claimed(&scene).remove(0);
    scene.clock.advance(scene.env.policy.retry.lease);
    let current = claimed(&scene).remove(0);
    assert_eq!(late.content.reference, current.content.reference, "both have the same Message-ID");
    assert_eq!(settled(&scene, &late, &deferred()), Settled::LeaseLost);
    assert_eq!(settled(&scene, &current, &Ok(())), Settled::Relayed);
    assert_eq!(settled(&scene, &late, &Ok(())), Settled::LeaseLost);
    let mails = scene.write(|tx| tx.mails_of(invitation.account_id, invitation.id)).unwrap();
    assert_eq!((mails[0].state, mails[0].lease.is_none()), (MailState::Relayed, true));
}

#[test]
fn temporary_failures_are_recorded_and_retried_until_the_invitation_ends() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let mut tries = 0;
    while let Some(delivery) = claimed(&scene).pop() {
        tries += 1;
        match settled(&scene, &delivery, &deferred()) {
            Settled::Retry(due_at) => scene.clock.advance(due_at - scene.clock.now()),
            outcome => {
                assert_eq!(outcome, Settled::Dead);
                break;
            }
        }
    }
    assert!(tries > 300, "every quarter of an hour for four days: {tries}");
    let mail = scene.write(|tx| tx.mails_of(invitation.account_id, invitation.id)).unwrap().remove(0);
    assert_eq!(mail.state, MailState::Dead);
    assert_eq!(mail.last_error.as_deref(), Some("mail relay deferred the mail: 451 try later"));
    assert_eq!(mail.attempts, tries);
}

#[test]
fn a_permanent_failure_is_not_retried() {
    let reason = "550 no such user".to_owned();
    for error in [SendError::Permanent { reason: reason.clone() }, SendError::Unsendable { reason }] {
        let scene = Scene::new();
        scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
        let delivery = claimed(&scene).remove(0);
        assert_eq!(settled(&scene, &delivery, &Err(error)), Settled::Dead);
    }
}

#[test]
fn a_mail_of_a_server_that_the_relay_refuses_waits_for_four_days() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let end = invitation.created_at + scene.env.policy.retry.give_up_after;
    let stored = || scene.write(|tx| tx.mails_of(invitation.account_id, invitation.id)).unwrap().remove(0);
    loop {
        let delivery = claimed(&scene).remove(0);
        let refused = Err(SendError::Refused { reason: "550 5.4.5 sending limit".to_owned() });
        let outcome = settled(&scene, &delivery, &refused);
        assert_eq!(
            stored().last_error.as_deref(),
            Some("mail relay refuses mails of this server: 550 5.4.5 sending limit")
        );
        let Settled::Retry(due_at) = outcome else { break };
        scene.clock.advance(due_at - scene.clock.now());
    }
    assert_eq!(stored().state, MailState::Dead);
    assert!(end - scene.clock.now() < TimeDelta::minutes(15), "it was tried to the end");
}

#[test]
fn an_unreachable_relay_does_not_count_as_an_attempt() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    for _ in 0..50 {
        let delivery = claimed(&scene).remove(0);
        let down = Err(SendError::Unreachable { reason: "connection refused".to_owned() });
        let Settled::Retry(due_at) = settled(&scene, &delivery, &down) else { panic!("it stays queued") };
        scene.clock.advance(due_at - scene.clock.now());
    }
    assert_eq!(scene.write(|tx| tx.mails_of(invitation.account_id, invitation.id)).unwrap()[0].attempts, 0);
}

#[test]
fn queued_mails_of_ended_or_renewed_invitations_are_cancelled() {
    let scene = Scene::new();
    let revoked = scene.invite(&scene.admin(), "a@example.com", &["Auditor"]).unwrap();
    let resent = scene.invite(&scene.admin(), "b@example.com", &["Auditor"]).unwrap();
    scene.revoke(&revoked);
    scene.resend(&resent);
    let deliveries = claimed(&scene);
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].mail.generation, 1);
    let states = |invitation: &Invitation| {
        let mails = scene.read(|tx| tx.mails_of(invitation.account_id, invitation.id));
        mails.iter().map(|mail| mail.state).collect::<Vec<_>>()
    };
    assert_eq!(states(&revoked), [MailState::Cancelled]);
    assert_eq!(states(&resent), [MailState::Cancelled, MailState::Queued]);
}

#[test]
fn pauses_grow_up_to_the_cap_with_jitter() {
    let (policy, entropy) = (RetryPolicy::default(), SeededEntropy::default());
    let now = chrono::DateTime::from_timestamp(1_710_946_165, 0).unwrap();
    let pause = |attempts| {
        let error = SendError::Deferred { reason: String::new() };
        let end = now + TimeDelta::days(14);
        match policy.after_failure(&error, attempts, now, end, now, &entropy) {
            NextStep::Retry { due_at, .. } => (due_at - now).num_milliseconds(),
            NextStep::GiveUp => panic!("there is time"),
        }
    };
    for attempts in 0..40 {
        let whole = (10_000_i64 << attempts.min(10)).min(900_000);
        let pauses: Vec<i64> = (0..20).map(|_| pause(attempts)).collect();
        assert!(pauses.iter().all(|pause| (whole / 2..=whole).contains(pause)), "{attempts}: {pauses:?}");
        assert!(pauses.iter().any(|pause| pause != &pauses[0]));
    }
}

#[test]
fn the_locale_of_an_invitation_reaches_its_mail() {
    let scene = Scene::new();
    let locale = Locale::parse("pt-BR").unwrap();
    let command =
        Invite { locale: Some(locale.clone()), ..Scene::invitation("joe@example.com", grant(["Auditor"])) };
    let invitation = scene.send(&scene.admin(), &command).unwrap();
    assert_eq!(invitation.locale.as_ref(), Some(&locale));
    assert_eq!(claimed(&scene)[0].content.locale, Some(locale));
}
