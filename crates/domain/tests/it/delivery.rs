use chrono::TimeDelta;
use usher_domain::{
    outbox::{MailState, NextStep, RetryPolicy},
    port::{Clock as _, SendError},
    role::Grant,
    testkit::SeededEntropy,
    text::Locale,
    usecase::{
        deliver::{Delivery, Settled, claim, settle},
        invite::{Invite, invite},
        resend::resend,
        revoke::revoke,
    },
};

use crate::world::{World, email, world};

fn claimed(world: &World) -> Vec<Delivery> {
    world.write(|tx| claim(tx, &world.env, 10)).unwrap()
}

fn settled(world: &World, delivery: &Delivery, result: &Result<(), SendError>) -> Settled {
    world.write(|tx| settle(tx, &world.env, delivery, result)).unwrap()
}

fn deferred() -> Result<(), SendError> {
    Err(SendError::Deferred { reason: "451 try later".to_owned() })
}

#[test]
fn a_mail_is_built_when_it_leaves() {
    let world = world();
    let invitation = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    let deliveries = claimed(&world);
    assert_eq!(deliveries.len(), 1);
    let content = &deliveries[0].content;
    let link = format!(
        "https://usher.example.com/accept-invitation/{}?key={}",
        invitation.secure_id,
        world.key(&invitation)
    );
    assert_eq!(content.link, link);
    assert_eq!(content.to.as_str(), "joe@example.com");
    assert_eq!(content.roles, ["Auditor"]);
    assert!(!format!("{content:?}").contains("accept-invitation"), "links stay out of logs");
    assert!(claimed(&world).is_empty(), "it is leased");
    assert_eq!(settled(&world, &deliveries[0], &Ok(())), Settled::Relayed);
    world.clock.advance(TimeDelta::days(1));
    assert!(claimed(&world).is_empty());
}

#[test]
fn the_locale_of_an_invitation_reaches_its_mail() {
    let world = world();
    let locale = Some(Locale::parse("pt-BR").unwrap());
    let grant = Grant::of_roles(["Auditor"]).unwrap();
    let command = Invite { locale, ..Invite::new(email("joe@example.com"), grant, TimeDelta::days(14)) };
    let jane = world.jane();
    world.write(|tx| invite(tx, &world.env, &jane, &command)).unwrap();
    assert_eq!(claimed(&world)[0].content.locale, command.locale);
}

#[test]
fn a_lost_lease_changes_nothing() {
    let world = world();
    let invitation = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    let late = claimed(&world).remove(0);
    world.clock.advance(world.env.policy.retry.lease);
    let current = claimed(&world).remove(0);
    assert_eq!(late.content.reference, current.content.reference, "the copy is recognised as the same mail");
    assert_eq!(settled(&world, &late, &deferred()), Settled::LeaseLost);
    assert_eq!(settled(&world, &current, &Ok(())), Settled::Relayed);
    assert_eq!(settled(&world, &late, &Ok(())), Settled::LeaseLost);
    let mails = world.write(|tx| tx.mails_of(invitation.account_id, invitation.id)).unwrap();
    assert_eq!((mails[0].state, mails[0].lease.is_none()), (MailState::Relayed, true));
}

#[test]
fn failures_are_told_and_tried_again_until_the_invitation_ends() {
    let world = world();
    let invitation = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    let mut tries = 0;
    while let Some(delivery) = claimed(&world).pop() {
        tries += 1;
        match settled(&world, &delivery, &deferred()) {
            Settled::Retry(due_at) => world.clock.advance(due_at - world.clock.now()),
            outcome => {
                assert_eq!(outcome, Settled::Dead);
                break;
            }
        }
    }
    assert!(tries > 300, "every quarter of an hour for four days: {tries}");
    let mail = world.write(|tx| tx.mails_of(invitation.account_id, invitation.id)).unwrap().remove(0);
    assert_eq!(mail.state, MailState::Dead);
    assert_eq!(mail.last_error.as_deref(), Some("mail relay deferred the mail: 451 try later"));
    assert_eq!(mail.attempts, tries);
}

#[test]
fn a_permanent_failure_is_given_up_at_once() {
    let world = world();
    world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    let delivery = claimed(&world).remove(0);
    let refused = Err(SendError::Permanent { reason: "550 no such user".to_owned() });
    assert_eq!(settled(&world, &delivery, &refused), Settled::Dead);
}

#[test]
fn an_unreachable_relay_uses_up_no_try() {
    let world = world();
    let invitation = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    for _ in 0..50 {
        let delivery = claimed(&world).remove(0);
        let down = Err(SendError::Unreachable { reason: "connection refused".to_owned() });
        let Settled::Retry(due_at) = settled(&world, &delivery, &down) else { panic!("it stays queued") };
        world.clock.advance(due_at - world.clock.now());
    }
    assert_eq!(world.write(|tx| tx.mails_of(invitation.account_id, invitation.id)).unwrap()[0].attempts, 0);
}

#[test]
fn mails_of_answered_or_renewed_invitations_do_not_leave() {
    let world = world();
    let revoked = world.invite(&world.jane(), "a@example.com", &["Auditor"]).unwrap();
    let resent = world.invite(&world.jane(), "b@example.com", &["Auditor"]).unwrap();
    world.act(&world.jane(), |tx, actor| revoke(tx, &world.env, actor, &revoked.id.into())).unwrap();
    world.clock.advance(TimeDelta::minutes(2));
    world.act(&world.jane(), |tx, actor| resend(tx, &world.env, actor, resent.id)).unwrap();
    let deliveries = claimed(&world);
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].mail.generation, 1);
    let account = world.jane().account.id;
    let states = |id| {
        let mails = world.write(|tx| tx.mails_of(account, id)).unwrap();
        mails.iter().map(|mail| mail.state).collect::<Vec<_>>()
    };
    assert_eq!(states(revoked.id), [MailState::Cancelled]);
    assert_eq!(states(resent.id), [MailState::Cancelled, MailState::Queued]);
}

#[test]
fn pauses_grow_stay_below_the_cap_and_are_not_all_alike() {
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
