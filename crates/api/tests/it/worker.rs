//! Deliveries that fail, as seen in the database and at the relay, and the worker's cleanup.

use chrono::TimeDelta;
use usher_api::compose;
use usher_domain::{
    id::{AccountId, InvitationId},
    idempotency::{Answer, KeyDigest, NewKey, RETENTION, RequestMac, stale_at},
    outbox::{CONFIRMED_AFTER, Mail},
    port::StoreError,
};
use usher_testbed::{Refusal, Security, SmtpOptions};

use crate::harness::{Backend, Postbox, Server, Setup, invitation_body, on_both_databases};

on_both_databases!(
    a_recipient_that_is_rejected_again_later_is_final,
    a_mail_that_is_rejected_by_policy_waits_with_the_reason,
    a_temporarily_rejected_mail_is_tried_again_later,
    the_mail_of_a_revoked_invitation_is_cancelled,
    stale_idempotency_keys_are_deleted,
);

fn mails(server: &Server, id: i64) -> Vec<Mail> {
    server.scene.read(|tx| tx.mails_of(AccountId::new(1), InvitationId::new(id)))
}

fn deliver_due(setup: &Setup, server: &Server) {
    let settings = setup.settings();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let transport = compose::mail_transport(&settings).unwrap();
    runtime.block_on(async {
        let verifier = compose::own_verifier(&settings, &server.scene.env.clock).unwrap();
        let app = server.deployment.app(&settings, verifier).unwrap();
        app.worker(transport.mailer, compose::worker_settings(&settings)).drain().await;
    });
}

/// The server has no worker. The test delivers step by step.
fn with_separate_worker(backend: Backend, postbox: &Postbox) -> Setup {
    Setup::delivering(backend, postbox).with("USHER__WORKER__ENABLED", "false")
}

/// Nothing else shows at first that the relay is in order.
fn a_recipient_that_is_rejected_again_later_is_final(backend: Backend) {
    let options = SmtpOptions::new(Security::Plain).refuse(Refusal::recipient("gone", 550));
    let postbox = Postbox::plain(&options);
    let setup = with_separate_worker(backend, &postbox);
    let server = setup.start();
    let jane = server.add_onward();
    jane.post("/api/v2/invitations", &invitation_body("Joe", "gone@example.com", &["Auditor"])).expect(200);
    jane.post("/api/v2/invitations", &invitation_body("Ann", "ann@example.com", &["Auditor"])).expect(200);
    for (attempts, state) in [(1, "queued"), (2, "dead")] {
        deliver_due(&setup, &server);
        assert_eq!(postbox.count(), 1, "the other mail is delivered");
        let mail = &mails(&server, 1)[0];
        assert_eq!((mail.state.as_str(), mail.attempts), (state, attempts));
        let reason = mail.last_error.as_deref().unwrap();
        assert!(reason.contains("550") && !reason.contains("gone@"), "{reason}");
        setup.advance(CONFIRMED_AFTER);
    }
    deliver_due(&setup, &server);
    assert_eq!(mails(&server, 1)[0].attempts, 2, "it is not tried again");
    assert_eq!(jane.get("/api/v2/invitations").json()["count"], 2, "the invitation stays pending");
}

fn a_mail_that_is_rejected_by_policy_waits_with_the_reason(backend: Backend) {
    let options = SmtpOptions::new(Security::Plain).refuse(Refusal::message("joe", 554).first(2));
    let postbox = Postbox::plain(&options);
    let setup = with_separate_worker(backend, &postbox);
    let server = setup.start();
    let jane = server.add_onward();
    jane.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"])).expect(200);
    for attempts in 1..=2 {
        deliver_due(&setup, &server);
        let mail = &mails(&server, 1)[0];
        assert_eq!((mail.state.as_str(), mail.attempts), ("queued", attempts));
        assert_eq!(
            mail.last_error.as_deref(),
            Some("mail relay refuses mails of this server: message: 554 5.7.1 Refused as the test asked")
        );
        setup.advance(TimeDelta::minutes(15));
    }
    deliver_due(&setup, &server);
    assert_eq!((mails(&server, 1)[0].state.as_str(), postbox.count()), ("relayed", 1));
}

fn a_temporarily_rejected_mail_is_tried_again_later(backend: Backend) {
    let options = SmtpOptions::new(Security::Plain).refuse(Refusal::recipient("grey", 451).first(2));
    let postbox = Postbox::plain(&options);
    let setup = with_separate_worker(backend, &postbox);
    let server = setup.start();
    let jane = server.add_onward();
    jane.post("/api/v2/invitations", &invitation_body("Joe", "grey@example.com", &["Auditor"])).expect(200);
    for attempts in 1..=2 {
        deliver_due(&setup, &server);
        let mail = &mails(&server, 1)[0];
        assert_eq!((mail.state.as_str(), mail.attempts, postbox.count()), ("queued", attempts, 0));
        deliver_due(&setup, &server);
        assert_eq!(mails(&server, 1)[0].attempts, attempts, "no attempt before the mail is due");
        setup.advance(TimeDelta::minutes(15));
    }
    deliver_due(&setup, &server);
    assert_eq!((mails(&server, 1)[0].state.as_str(), postbox.count()), ("relayed", 1));
}

fn the_mail_of_a_revoked_invitation_is_cancelled(backend: Backend) {
    let postbox = Postbox::plain(&SmtpOptions::new(Security::Plain));
    let setup = with_separate_worker(backend, &postbox);
    let server = setup.start();
    let jane = server.add_onward();
    jane.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"])).expect(200);
    jane.delete("/api/v2/invitations/1").expect(204);
    deliver_due(&setup, &server);
    assert_eq!((mails(&server, 1)[0].state.as_str(), postbox.count()), ("cancelled", 0));
}

/// The worker deletes in batches. There is more than one batch here.
fn stale_idempotency_keys_are_deleted(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let key = |n: u8| NewKey {
        digest: KeyDigest::new([n; 32]),
        request: RequestMac::new(&[n]),
        account: None,
        created_at: server.scene.env.now(),
    };
    let answer = Answer { status: 204, content_type: None, body: String::new() };
    let store = |n: u8| {
        let key = key(n);
        let written = server.scene.write::<_, StoreError>(|tx| {
            assert!(tx.take_key(&key, stale_at(key.created_at))?);
            tx.keep_answer(&key.digest, &answer)
        });
        assert_eq!(written, Ok(()));
    };
    (0..201).for_each(store);
    setup.advance(RETENTION - TimeDelta::microseconds(1));
    store(201);
    let stored = || {
        let kept = |n: u8| server.scene.read(|tx| tx.kept_answer(&key(n).digest));
        (0..=201).filter(|n| kept(*n).is_some()).count()
    };
    deliver_due(&setup, &server);
    assert_eq!(stored(), 202);
    setup.advance(TimeDelta::microseconds(1));
    deliver_due(&setup, &server);
    assert_eq!(stored(), 1);
}

#[test]
fn an_unreachable_relay_uses_no_attempts_and_mails_are_delivered_afterwards() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    for n in 0..20 {
        jane.post("/api/v2/invitations", &invitation_body("Joe", &format!("p{n}@example.com"), &["Auditor"]))
            .expect(200);
    }
    // The configured port is closed.
    deliver_due(&setup, &server);
    let tried = (1..=20).filter(|id| mails(&server, *id)[0].last_error.is_some()).count();
    assert!((1..=4).contains(&tried), "the breaker opens after the first deliveries: {tried}");
    assert!((1..=20).all(|id| mails(&server, id)[0].attempts == 0));
    let postbox = Postbox::plain(&SmtpOptions::new(Security::Plain));
    let Setup { backend, clock, .. } = setup;
    let mut up = with_separate_worker(backend, &postbox);
    up.clock = clock;
    up.advance(TimeDelta::minutes(1));
    deliver_due(&up, &server);
    assert_eq!(postbox.count(), 20);
}
