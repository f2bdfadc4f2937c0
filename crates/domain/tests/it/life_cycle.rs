//! The invariants of the life cycle hold for any sequence of events.

use chrono::TimeDelta;
use proptest::prelude::*;
use usher_domain::{
    id::PersonId,
    invitation::{Invitation, Status},
    testkit::Scene,
};

#[derive(Debug, Clone)]
enum Event {
    Accept,
    Decline,
    Revoke,
    Expire,
    Renew,
    Wait(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(Event::Accept),
        Just(Event::Decline),
        Just(Event::Revoke),
        Just(Event::Expire),
        Just(Event::Renew),
        (0_i64..20).prop_map(Event::Wait),
    ]
}

fn invitation() -> Invitation {
    let scene = Scene::new();
    scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn ended_invitations_stay_ended_except_that_expired_ones_are_renewed(events in proptest::collection::vec(event(), 0..30)) {
        let mut invitation = invitation();
        let (person, mut now) = (PersonId::new(9), invitation.created_at);
        for event in events {
            let before = invitation.clone();
            let status = before.status_at(now);
            let done = match event {
                Event::Wait(days) => { now += TimeDelta::days(days); continue }
                Event::Accept => invitation.accept(person, now).is_ok(),
                Event::Decline => invitation.decline(None, now).is_ok(),
                Event::Revoke => invitation.revoke(person, now).is_ok(),
                Event::Expire => invitation.expire(now),
                Event::Renew => invitation.renew(person, now).is_ok(),
            };
            let allowed = match event {
                Event::Accept | Event::Decline => status == Status::Pending,
                Event::Revoke | Event::Renew => matches!(status, Status::Pending | Status::Expired),
                Event::Expire => before.status == Status::Pending && before.expires_at <= now,
                Event::Wait(_) => unreachable!(),
            };
            prop_assert_eq!(done, allowed, "{:?} at {:?}", event, status);
            if !done {
                prop_assert_eq!(&invitation, &before, "a rejection changes nothing");
            }
            prop_assert_eq!(invitation.closed_at.is_some(), invitation.status != Status::Pending);
            prop_assert_eq!(&invitation.email, &before.email);
            prop_assert_eq!(&invitation.grant, &before.grant);
            prop_assert_eq!(&invitation.secure_id, &before.secure_id);
            prop_assert!(invitation.generation >= before.generation);
            prop_assert!(invitation.updated_at >= before.updated_at);
        }
    }
}

#[test]
fn an_invitation_expires_at_its_end() {
    let invitation = invitation();
    let almost = invitation.expires_at - TimeDelta::microseconds(1);
    assert_eq!(invitation.status_at(almost), Status::Pending);
    assert_eq!(invitation.status_at(invitation.expires_at), Status::Expired);
}

#[test]
fn stored_spellings_are_read_back() {
    for status in Status::EVERY {
        assert_eq!(Status::parse(status.as_str()), Some(status));
    }
    assert_eq!(Status::parse("Pending"), None);
}
