//! The memory of hashing is bounded, however many logins fail.

use std::thread;

use serde_json::json;

use crate::harness::{Backend, Client, Setup};

const CLIENTS: usize = 16;
const LOGINS: usize = 300;
/// Growth that is allowed, in KiB. Two passwords at once occupy 38 MiB.
const MOST_GROWTH: u64 = 60 * 1024;

#[test]
fn refused_logins_leave_no_memory_behind() {
    let setup = Setup::new(Backend::sqlite())
        .with("USHER__SERVER__THREADS", "8")
        .with("USHER__LIMITS__FAILED_LOGINS_PER_NETWORK", "0");
    let (server, client) = setup.start_serve();
    client.get("/health/ready").expect(200);
    let before = server.resident_kib();
    thread::scope(|scope| {
        for number in 0..CLIENTS {
            let client = &client;
            scope.spawn(move || (number..LOGINS).step_by(CLIENTS).for_each(|login| refused(client, login)));
        }
    });
    let growth = server.resident_kib().saturating_sub(before);
    assert!(growth <= MOST_GROWTH, "{LOGINS} refused logins: {before} KiB and {growth} KiB more");
    server.terminate();
}

/// Each login has its own address, so that no login is delayed.
fn refused(client: &Client, login: usize) {
    let body = json!({ "email": format!("stranger{login}@example.com"), "password": "battery staple" });
    client.post("/api/v2/login", &body).expect(401);
}
