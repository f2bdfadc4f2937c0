//! Storage of keys and responses: for how long, and without secrets.

use std::{
    io::Write as _,
    net::TcpStream,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use usher_domain::{idempotency::RETENTION, port::StoreError, usecase::idempotency::forget_stale};

use super::{KEY, LANDSCAPE, acceptance, assert_again, assert_first, invite, invite_by_fastly, keyed};
use crate::harness::{Backend, SECRET, Setup, invitation_body, on_both_databases};

on_both_databases!(
    a_key_lives_for_a_day,
    a_replayed_request_counts_as_a_write,
    a_lost_response_is_replayed,
    every_replica_replays_the_response,
    a_response_is_replayed_after_the_secret_changed,
    no_secret_is_stored,
);

fn a_key_lives_for_a_day(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let first = invite(&server.jane(), "joe@example.com", KEY).expect(200);
    setup.advance(RETENTION - TimeDelta::microseconds(1));
    assert_again(&first, &invite(&server.jane(), "joe@example.com", KEY));
    setup.advance(TimeDelta::microseconds(1));
    assert_first(&invite(&server.jane(), "joe@example.com", KEY), 400);
    let next = invite(&server.jane(), "ann@example.com", KEY);
    assert_first(&next, 200);
    assert_again(&next, &invite(&server.jane(), "ann@example.com", KEY));
    let forget = || {
        let scene = &server.scene;
        scene.write::<_, StoreError>(|tx| forget_stale(tx, &scene.env, 10))
    };
    assert_eq!(forget(), Ok(0));
    setup.advance(RETENTION);
    assert_eq!(forget(), Ok(1));
}

/// Above the write limit, a request is rejected before its key is looked up.
fn a_replayed_request_counts_as_a_write(backend: Backend) {
    let setup = Setup::new(backend).with("USHER__LIMITS__WRITES_PER_HOUR", "2");
    let server = setup.start();
    let jane = server.add_onward();
    let remaining =
        |response: &crate::harness::Response| response.header("fastly-ratelimit-remaining").to_owned();
    let first = invite_by_fastly(&jane, "joe@example.com", KEY).expect(200);
    assert_eq!(remaining(&first), "1");
    let again = invite_by_fastly(&jane, "joe@example.com", KEY);
    assert_again(&first, &again);
    assert_eq!(remaining(&again), "0");
    assert_first(&invite_by_fastly(&jane, "joe@example.com", KEY), 429);
    assert_first(&invite_by_fastly(&jane, "joe@example.com", "no key"), 429);
    assert_first(&invite_by_fastly(&jane, "ann@example.com", KEY), 429);
    setup.advance(TimeDelta::minutes(11));
    assert_again(&first, &invite_by_fastly(&jane, "joe@example.com", KEY));
}

/// The client closes the connection before it reads the response.
fn a_lost_response_is_replayed(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let address = jane.base().strip_prefix("http://").unwrap();
    let token = server.token(Some("onward"), "jane@example.com");
    let json = invitation_body("Joe", "joe@example.com", &["Auditor"]).to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST {LANDSCAPE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {KEY}\r\n\
         Content-Length: {}\r\n\r\n{json}",
        json.len()
    )
    .unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while jane.get(LANDSCAPE).json()["count"] != 1 {
        assert!(Instant::now() < deadline, "the request is not executed");
    }
    drop(stream);
    // The key can stay in flight for a moment after the commit.
    let again = loop {
        let response = invite(&jane, "joe@example.com", KEY);
        if response.status.as_u16() != 409 {
            break response.expect(200);
        }
        assert!(Instant::now() < deadline, "the key is still in flight");
    };
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.json()["id"], 1);
    assert_eq!(jane.get(LANDSCAPE).json()["count"], 1);
}

fn every_replica_replays_the_response(backend: Backend) {
    let setup = Setup::new(backend);
    let (one, other) = (setup.start(), setup.start());
    let first = invite(&one.add_onward(), "joe@example.com", KEY).expect(200);
    assert_again(&first, &invite(&other.jane(), "joe@example.com", KEY));
    assert_again(&first, &invite(&one.jane(), "joe@example.com", KEY));
}

fn a_response_is_replayed_after_the_secret_changed(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let first = invite(&server.add_onward(), "joe@example.com", KEY).expect(200);
    let setup = setup
        .with("USHER__AUTH__SECRET", &format!("{SECRET}, the next one"))
        .with("USHER__AUTH__PREVIOUS_SECRETS", SECRET);
    let (server, jane) = server.restart(&setup);
    assert_again(&first, &invite(&jane, "joe@example.com", KEY));
    drop(server);
}

/// The database contains neither the key, the code nor the password, and the request only as a MAC with the
/// server's secret.
fn no_secret_is_stored(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let created = server
        .add_onward()
        .post(LANDSCAPE, &invitation_body("Joe", "joe@example.com", &["Auditor"]))
        .expect(200);
    let path = acceptance(&server, &created.json()["secure_id"]);
    let newcomer = json!({ "name": "Joe Wright", "password": "plum drizzle kettle" });
    keyed(&server.client, Method::PUT, &path, &newcomer, KEY).expect(200);
    drop(server);
    let dump = setup.backend.dump();
    assert!(dump.contains("application/json"), "the dump contains the stored response");
    let code = path.rsplit('.').next().unwrap();
    for secret in [KEY, code, "plum drizzle kettle"] {
        assert!(!dump.contains(secret), "{secret}");
    }
}
