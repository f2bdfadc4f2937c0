//! A database that is frozen while the server runs: its kernel acknowledges everything, and no answer ever comes.

use std::{
    thread,
    time::{Duration, Instant},
};

use usher_testbed::Forwarder;

use crate::{
    harness::{Backend, Postbox, Setup, invitation_body},
    processes::token_of_jane,
};

const LANDSCAPE: &str = "/api/v2/invitations";

/// Batch lanes, lone units and the worker all wait for the database when it freezes.
#[test]
fn requests_and_deliveries_resume_after_the_database_was_frozen() {
    let postbox = Postbox::secure();
    let backend = Backend::postgres();
    let proxy = Forwarder::start(&backend.url()).unwrap();
    let setup = Setup::delivering(backend, &postbox)
        .with("USHER__DATABASE__URL", proxy.url())
        .with("USHER__DATABASE__POOL_SIZE", "2")
        .with("USHER__DATABASE__CALL_TIMEOUT", "1s")
        .with("USHER__DATABASE__ACQUIRE_TIMEOUT", "1s")
        .with("USHER__WORKER__POLL_INTERVAL", "10ms");
    let token = token_of_jane(&setup);
    let (mut server, client) = setup.start_serve();
    let jane = client.with_token(token);
    let invite =
        |n: usize| jane.post(LANDSCAPE, &invitation_body("Joe", &format!("p{n}@example.com"), &["Auditor"]));
    invite(0).expect(200);
    server.line_with("mail relayed");

    proxy.freeze();
    thread::scope(|scope| {
        let requests: Vec<_> = (1..=8).map(|n| scope.spawn(move || invite(n))).collect();
        for request in requests {
            request.join().unwrap().expect(503);
        }
    });
    proxy.thaw();

    let thawed = Instant::now();
    let mut addresses = 9..;
    while invite(addresses.next().unwrap()).status.as_u16() != 200 {
        assert!(thawed.elapsed() < Duration::from_secs(20), "requests still fail");
    }
    server.line_with("mail relayed");
    server.terminate();
}
