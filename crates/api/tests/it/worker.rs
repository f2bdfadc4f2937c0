//! Deliveries that go wrong, seen in the database and at the relay; and what a worker sweeps.

use chrono::TimeDelta;
use usher_api::compose;
use usher_domain::{
    id::{AccountId, InvitationId},
    idempotency::{Answer, KeyDigest, NewKey, RETENTION, RequestMac, stale_at},
    outbox::Mail,
    port::StoreError,
};
use usher_testbed::{Refusal, Security, SmtpOptions};

use crate::harness::{Backend, Postbox, Server, Setup, invitation_body, on_both_databases};

on_both_databases!(
    refused_for_good,
    refused_for_now,
    a_revoked_invitation_sends_nothing,
    answers_that_are_too_old_are_forgotten,
);

fn mails(server: &Server, id: i64) -> Vec<Mail> {
    server.scene.read(|tx| tx.mails_of(AccountId::new(1), InvitationId::new(id)))
}

fn drain(setup: &Setup, server: &Server) {
    let settings = setup.settings();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let transport = compose::mail_transport(&settings).unwrap();
    runtime.block_on(async {
        let verifier = compose::own_verifier(&settings, &server.scene.env.clock).unwrap();
        let app = server.deployment.app(&settings, verifier).unwrap();
        app.worker(transport.mailer, compose::worker_settings(&settings)).drain().await;
    });
}

/// Mails are delivered by a worker beside the server, step by step.
fn beside(backend: Backend, postbox: &Postbox) -> Setup {
    Setup::delivering(backend, postbox).with("USHER__WORKER__ENABLED", "false")
}

fn refused_for_good(backend: Backend) {
    let options = SmtpOptions::new(Security::Plain).refuse(Refusal::recipient("gone", 550));
    let postbox = Postbox::plain(&options);
    let setup = beside(backend, &postbox);
    let server = setup.start();
    let jane = server.add_onward();
    jane.post("/api/v2/invitations", &invitation_body("Joe", "gone@example.com", &["Auditor"])).expect(200);
    jane.post("/api/v2/invitations", &invitation_body("Ann", "ann@example.com", &["Auditor"])).expect(200);
    drain(&setup, &server);
    assert_eq!(postbox.count(), 1, "the other mail is not held up");
    let mail = &mails(&server, 1)[0];
    assert_eq!((mail.state.as_str(), mail.attempts), ("dead", 1));
    let reason = mail.last_error.as_deref().unwrap();
    assert!(reason.contains("550") && !reason.contains("gone@"), "{reason}");
    assert_eq!(jane.get("/api/v2/invitations").json()["count"], 2, "the invitation is as pending as before");
}

fn refused_for_now(backend: Backend) {
    let options = SmtpOptions::new(Security::Plain).refuse(Refusal::recipient("grey", 451).first(2));
    let postbox = Postbox::plain(&options);
    let setup = beside(backend, &postbox);
    let server = setup.start();
    let jane = server.add_onward();
    jane.post("/api/v2/invitations", &invitation_body("Joe", "grey@example.com", &["Auditor"])).expect(200);
    for attempts in 1..=2 {
        drain(&setup, &server);
        let mail = &mails(&server, 1)[0];
        assert_eq!((mail.state.as_str(), mail.attempts, postbox.count()), ("queued", attempts, 0));
        drain(&setup, &server);
        assert_eq!(mails(&server, 1)[0].attempts, attempts, "not before its time");
        setup.advance(TimeDelta::minutes(15));
    }
    drain(&setup, &server);
    assert_eq!((mails(&server, 1)[0].state.as_str(), postbox.count()), ("relayed", 1));
}

fn a_revoked_invitation_sends_nothing(backend: Backend) {
    let postbox = Postbox::plain(&SmtpOptions::new(Security::Plain));
    let setup = beside(backend, &postbox);
    let server = setup.start();
    let jane = server.add_onward();
    jane.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"])).expect(200);
    jane.delete("/api/v2/invitations/1").expect(204);
    drain(&setup, &server);
    assert_eq!((mails(&server, 1)[0].state.as_str(), postbox.count()), ("cancelled", 0));
}

/// In more batches than one.
fn answers_that_are_too_old_are_forgotten(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let key = |n: u8| NewKey {
        digest: KeyDigest::new([n; 32]),
        request: RequestMac::new(&[n]),
        account: None,
        created_at: server.scene.env.now(),
    };
    let answer = Answer { status: 204, content_type: None, body: String::new() };
    let give = |n: u8| {
        let key = key(n);
        let given = server.scene.write::<_, StoreError>(|tx| {
            assert!(tx.take_key(&key, stale_at(key.created_at))?);
            tx.keep_answer(&key.digest, &answer)
        });
        assert_eq!(given, Ok(()));
    };
    (0..201).for_each(give);
    setup.advance(RETENTION - TimeDelta::microseconds(1));
    give(201);
    let there = || {
        let kept = |n: u8| server.scene.read(|tx| tx.kept_answer(&key(n).digest));
        (0..=201).filter(|n| kept(*n).is_some()).count()
    };
    drain(&setup, &server);
    assert_eq!(there(), 202);
    setup.advance(TimeDelta::microseconds(1));
    drain(&setup, &server);
    assert_eq!(there(), 1);
}

#[test]
fn an_unreachable_relay_costs_no_try_and_mails_leave_when_it_is_back() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    for n in 0..20 {
        jane.post("/api/v2/invitations", &invitation_body("Joe", &format!("p{n}@example.com"), &["Auditor"]))
            .expect(200);
    }
    // Nobody listens on the configured port.
    drain(&setup, &server);
    let tried = (1..=20).filter(|id| mails(&server, *id)[0].last_error.is_some()).count();
    assert!((1..=4).contains(&tried), "the breaker opens after the first deliveries: {tried}");
    assert!((1..=20).all(|id| mails(&server, id)[0].attempts == 0));
    let postbox = Postbox::plain(&SmtpOptions::new(Security::Plain));
    let Setup { backend, clock, .. } = setup;
    let mut up = beside(backend, &postbox);
    up.clock = clock;
    up.advance(TimeDelta::minutes(1));
    drain(&up, &server);
    assert_eq!(postbox.count(), 20);
}
