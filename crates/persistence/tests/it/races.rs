//! Many replicas at once: each race has exactly one winner, and nothing is lost.

use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    audit::AuditAction,
    invitation::Status,
    outbox::{LeaseToken, MailRefusal, MailState},
    port::{
        Store, StoreError,
        store::{Constraint, MailClaim, Settlement},
    },
    usecase::{
        accept::AcceptError, expire::expire_overdue, invite::InviteError, resend::ResendError,
        revoke::RevokeError,
    },
};

use crate::{
    scene::{Scene, THREADS, VALIDITY, grant, new_person},
    support::{TestDatabase, on_both},
};

on_both! {
    one_address_is_invited_once,
    one_mailbox_gets_three_mails_an_hour,
    limits_of_accounts_and_inviters_hold,
    one_person_is_made_once,
    one_membership_is_made_once,
    one_acceptance_succeeds,
    one_of_acceptance_and_revocation_succeeds,
    one_of_acceptance_and_resend_succeeds,
    one_resend_succeeds,
    one_of_acceptance_and_expiry_succeeds,
    every_change_of_one_row_is_kept,
    every_mail_is_claimed_once,
    every_lapsed_mail_is_taken_over_once,
}

/// How often each race is run.
const ROUNDS: usize = 4;

/// The result of a thread that tried one of several operations.
#[derive(Debug)]
enum End {
    Accepted(Result<(), AcceptError>),
    Revoked(Result<(), RevokeError>),
    Resent(Result<(), ResendError>),
    Expired(Result<usize, StoreError>),
}

impl End {
    fn won(&self) -> bool {
        match self {
            Self::Accepted(result) => result.is_ok(),
            Self::Revoked(result) => result.is_ok(),
            Self::Resent(result) => result.is_ok(),
            Self::Expired(result) => *result == Ok(1),
        }
    }
}

/// Counts the winners and checks that every loser got an error that explains its loss.
fn winners(ends: &[End]) -> usize {
    for end in ends.iter().filter(|end| !end.won()) {
        let told = match end {
            End::Accepted(Err(error)) => matches!(
                error,
                AcceptError::AlreadyAccepted
                    | AcceptError::Revoked
                    | AcceptError::Replaced
                    | AcceptError::Expired
            ),
            End::Revoked(Err(error)) => matches!(error, RevokeError::NotFound),
            End::Resent(Err(error)) => matches!(error, ResendError::NotFound | ResendError::TooSoon(_)),
            End::Expired(result) => *result == Ok(0),
            _ => false,
        };
        assert!(told, "{end:?}");
    }
    ends.iter().filter(|end| end.won()).count()
}

fn actions(scene: &Scene, place: &dyn TestDatabase) -> Vec<AuditAction> {
    let store: &dyn Store = place.store();
    let events = store.read("audit", |tx| tx.audit_events(scene.owner.account.id)).unwrap();
    events.into_iter().map(|event| event.action).collect()
}

fn count(actions: &[AuditAction], action: AuditAction) -> usize {
    actions.iter().filter(|other| **other == action).count()
}

fn one_address_is_invited_once(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    for round in 0..ROUNDS {
        let ends = scene.race(|index, store| {
            let address = format!("Ada{round}@example.com");
            let typed = if index % 2 == 0 { address } else { address.to_uppercase() };
            scene.invite(store, &typed).map(|invitation| invitation.id)
        });
        assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1, "{ends:?}");
        let told = |end: &Result<_, _>| matches!(end, Ok(_) | Err(InviteError::AlreadyInvited(_)));
        assert!(ends.iter().all(told), "{ends:?}");
        for id in ends.into_iter().flatten() {
            let store: &dyn Store = place.store();
            assert_eq!(store.read("mails", |tx| tx.mails_of(scene.owner.account.id, id)).unwrap().len(), 1);
        }
    }
    assert_eq!(count(&actions(&scene, place), AuditAction::InvitationCreated), ROUNDS);
}

/// Three mails an hour to one mailbox, in any spelling of its address, with any number of inviters at the same time.
fn one_mailbox_gets_three_mails_an_hour(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    for round in 0..ROUNDS {
        let ends = scene
            .race(|index, store| scene.invite(store, &format!("a.da{round}+{index}@gmail.com")).map(drop));
        let limited = |end: &Result<_, _>| {
            matches!(end, Err(InviteError::Mail(MailRefusal::MailboxLimit(_)))) || contended(end)
        };
        let sent = ends.iter().filter(|end| end.is_ok()).count();
        assert!(sent == 3 || ends.iter().any(contended), "{ends:?}");
        assert!(ends.iter().all(|end| end.is_ok() || limited(end)), "{ends:?}");
        // The rest of a contended race.
        for more in 0..3 {
            let _maybe_limited =
                scene.invite(place.store(), &format!("ada{round}+more{more}@googlemail.com"));
        }
        let written = scene.invite(place.store(), &format!("ada{round}@gmail.com")).map(drop);
        assert!(limited(&written), "{written:?}");
    }
    let created = count(&actions(&scene, place), AuditAction::InvitationCreated);
    assert_eq!(created, 3 * ROUNDS);
}

/// On a busy machine a unit may stay contended; its caller repeats it.
fn contended(end: &Result<(), InviteError>) -> bool {
    matches!(end, Err(InviteError::Store(StoreError::Contended)))
}

fn limits_of_accounts_and_inviters_hold(place: &dyn TestDatabase) {
    let mut scene = Scene::new(place);
    for (account, inviter) in [(5, 0), (0, 7)] {
        scene.env.policy.mail_limits.per_account_per_day = account;
        scene.env.policy.mail_limits.per_inviter_per_day = inviter;
        scene.clock.advance(TimeDelta::days(1));
        let most = usize::try_from(account + inviter).unwrap();
        let invite = |store: &dyn Store, address: &str| {
            let mut attempts = std::iter::repeat_with(|| scene.invite(store, address).map(drop)).take(50);
            attempts.find(|end| !contended(end)).unwrap()
        };
        let ends = scene.race(|index, store| invite(store, &format!("guest{most}-{index}@example.com")));
        assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), most, "{ends:?}");
        let told = |end: &Result<(), _>| match end {
            Err(InviteError::Mail(MailRefusal::AccountLimit(_))) => account > 0,
            Err(InviteError::Mail(MailRefusal::InviterLimit(_))) => inviter > 0,
            other => other.is_ok(),
        };
        assert!(ends.iter().all(told), "{ends:?}");
    }
}

fn one_person_is_made_once(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let ends = scene.race(|_, store| {
        let new = new_person(&scene.env, "ada@example.com");
        store.write("insert", |tx| tx.insert_person(&new)).map(drop)
    });
    assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1, "{ends:?}");
    let lost = Err(StoreError::Conflict(Constraint::PersonEmail));
    assert_eq!(ends.iter().filter(|end| **end == lost).count(), THREADS - 1, "{ends:?}");
}

fn one_membership_is_made_once(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let store: &dyn Store = place.store();
    let new = new_person(&scene.env, "ada@example.com");
    let person = store.write("insert", |tx| tx.insert_person(&new)).unwrap();
    let membership = usher_domain::membership::Membership {
        account_id: scene.owner.account.id,
        person_id: person.id,
        grant: grant("user"),
        created_at: scene.now(),
    };
    let ends = scene.race(|_, store| store.write("join", |tx| tx.insert_membership(&membership)));
    assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1, "{ends:?}");
    let lost = Err(StoreError::Conflict(Constraint::Membership));
    assert_eq!(ends.iter().filter(|end| **end == lost).count(), THREADS - 1, "{ends:?}");
    let ends = scene.race(|_, store| {
        store.write("leave", |tx| tx.delete_membership(membership.account_id, membership.person_id))
    });
    assert_eq!(ends.iter().filter(|end| **end == Ok(true)).count(), 1, "{ends:?}");
    assert_eq!(ends.iter().filter(|end| **end == Ok(false)).count(), THREADS - 1, "{ends:?}");
}

fn one_acceptance_succeeds(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    for round in 0..ROUNDS {
        let invitation = scene.invite(place.store(), &format!("ada{round}@example.com")).unwrap();
        let ends = scene.race(|_, store| End::Accepted(scene.accept(store, &invitation).map(drop)));
        assert_eq!(winners(&ends), 1);
        assert_eq!(scene.stored(place, invitation.id).status, Status::Accepted);
    }
    let actions = actions(&scene, place);
    assert_eq!(count(&actions, AuditAction::InvitationAccepted), ROUNDS);
    assert_eq!(count(&actions, AuditAction::MemberAdded), ROUNDS);
}

fn one_of_acceptance_and_revocation_succeeds(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    for round in 0..ROUNDS {
        let invitation = scene.invite(place.store(), &format!("ada{round}@example.com")).unwrap();
        let ends = scene.race(|index, store| {
            if index % 2 == 0 {
                End::Accepted(scene.accept(store, &invitation).map(drop))
            } else {
                End::Revoked(scene.revoke(store, invitation.id))
            }
        });
        assert_eq!(winners(&ends), 1);
        let member = ends.iter().any(|end| matches!(end, End::Accepted(Ok(()))));
        let status = if member { Status::Accepted } else { Status::Revoked };
        assert_eq!(scene.stored(place, invitation.id).status, status);
    }
    let actions = actions(&scene, place);
    let ended = [AuditAction::InvitationAccepted, AuditAction::InvitationRevoked];
    assert_eq!(ended.map(|action| count(&actions, action)).iter().sum::<usize>(), ROUNDS);
    assert_eq!(count(&actions, AuditAction::MemberAdded), count(&actions, AuditAction::InvitationAccepted));
}

fn one_of_acceptance_and_resend_succeeds(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    for round in 0..ROUNDS {
        let invitation = scene.invite(place.store(), &format!("ada{round}@example.com")).unwrap();
        scene.clock.advance(TimeDelta::minutes(5));
        let ends = scene.race(|index, store| {
            if index % 2 == 0 {
                // With the key of the first mail, which the resend replaces.
                End::Accepted(scene.accept(store, &invitation).map(drop))
            } else {
                End::Resent(scene.resend(store, invitation.id).map(drop))
            }
        });
        assert_eq!(winners(&ends), 1);
    }
}

fn one_resend_succeeds(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let invitation = scene.invite(place.store(), "ada@example.com").unwrap();
    for round in 1..=ROUNDS {
        scene.clock.advance(TimeDelta::hours(1));
        let ends = scene.race(|_, store| End::Resent(scene.resend(store, invitation.id).map(drop)));
        assert_eq!(winners(&ends), 1);
        let stored = scene.stored(place, invitation.id);
        assert_eq!(usize::try_from(stored.generation).unwrap(), round);
        let store: &dyn Store = place.store();
        let mails = store.read("mails", |tx| tx.mails_of(invitation.account_id, invitation.id)).unwrap();
        assert_eq!(mails.len(), round + 1);
    }
}

fn one_of_acceptance_and_expiry_succeeds(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let invitation = scene.invite(place.store(), "ada@example.com").unwrap();
    scene.clock.advance(VALIDITY);
    let ends = scene.race(|index, store| {
        if index % 2 == 0 {
            End::Accepted(scene.accept(store, &invitation).map(drop))
        } else {
            End::Expired(store.write("sweep", |tx| expire_overdue(tx, &scene.env, 10)))
        }
    });
    assert_eq!(winners(&ends), 1);
    assert_eq!(scene.stored(place, invitation.id).status, Status::Expired);
    assert_eq!(count(&actions(&scene, place), AuditAction::InvitationExpired), 1);
}

fn every_change_of_one_row_is_kept(place: &dyn TestDatabase) {
    /// On a busy machine a unit may stay contended; its caller repeats it.
    const ATTEMPTS: usize = 20;
    let scene = Scene::new(place);
    let id = scene.owner.person.id;
    let ends = scene.race(|_, store| {
        let touch = || {
            store.write("touch", |tx| {
                let person = tx.person(id)?.unwrap();
                tx.update_person(&person)
            })
        };
        let mut attempts = (0..ATTEMPTS).map(|_| touch());
        attempts.find(|end| *end != Err(StoreError::Contended)).unwrap_or(Err(StoreError::Contended))
    });
    assert_eq!(ends, vec![Ok(()); THREADS]);
    let store: &dyn Store = place.store();
    let person = store.read("look", |tx| tx.person(id)).unwrap().unwrap();
    assert_eq!(usize::try_from(person.version).unwrap(), THREADS);
}

fn claim(now: Timestamp, seconds: i64, token: &LeaseToken, limit: u32) -> MailClaim<'_> {
    MailClaim { now, until: now + TimeDelta::seconds(seconds), token, limit, after: None, except: &[] }
}

/// Claims mails on every thread until it finds none.
fn claim_all(scene: &Scene) -> Vec<i64> {
    let now = scene.now();
    let claimed = scene.race(|index, store| {
        let lease = LeaseToken::parse(&format!("{index:022}")).unwrap();
        let mut mine = Vec::new();
        loop {
            let mails = store.write("claim", |tx| tx.claim_mails(&claim(now, 60, &lease, 3))).unwrap();
            if mails.is_empty() {
                return mine;
            }
            mine.extend(mails.into_iter().map(|mail| mail.id.get()));
        }
    });
    claimed.into_iter().flatten().collect()
}

fn every_mail_is_claimed_once(place: &dyn TestDatabase) {
    const MAILS: usize = 60;
    let scene = Scene::new(place);
    for index in 0..MAILS {
        scene.invite(place.store(), &format!("ada{index}@example.com")).unwrap();
    }
    let mut claimed = claim_all(&scene);
    claimed.sort_unstable();
    let all = claimed.len();
    claimed.dedup();
    assert_eq!((claimed.len(), all), (MAILS, MAILS));
}

fn every_lapsed_mail_is_taken_over_once(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let store: &dyn Store = place.store();
    let invitation = scene.invite(store, "ada@example.com").unwrap();
    let slow = LeaseToken::parse(&format!("{:022}", 99)).unwrap();
    for _ in 0..ROUNDS {
        let now = scene.now();
        let held = store.write("claim", |tx| tx.claim_mails(&claim(now, 1, &slow, 1))).unwrap();
        let [mail] = held.as_slice() else { panic!("{held:?}") };
        scene.clock.advance(TimeDelta::seconds(1));
        let now = scene.now();
        // The holder of the lease settles late, while the others take over.
        let relayed = Settlement {
            state: MailState::Relayed,
            attempts: 1,
            due_at: now,
            error: None,
            refused_at: None,
            at: now,
        };
        let won = scene.race(|index, store| {
            if index == 0 {
                return store.write("settle", |tx| tx.settle_mail(mail, &slow, &relayed)).unwrap();
            }
            let lease = LeaseToken::parse(&format!("{index:022}")).unwrap();
            store.write("claim", |tx| tx.claim_mails(&claim(now, 60, &lease, 1))).unwrap().len() == 1
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
        scene.clock.advance(TimeDelta::seconds(60));
        if won[0] {
            break;
        }
    }
    assert_eq!(store.read("mails", |tx| tx.mails_of(invitation.account_id, invitation.id)).unwrap().len(), 1);
}
