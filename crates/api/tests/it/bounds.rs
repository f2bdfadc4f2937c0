//! What a caller may send: how much, and how slowly.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::Barrier,
    time::{Duration, Instant},
};

use crate::harness::{Backend, Setup};

#[test]
fn bodies_are_bounded() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.onward();
    let padded = |size: usize| {
        let json = r#"{"name": "Joe", "email": "joe@example.com"}"#;
        format!("{json}{}", " ".repeat(size - json.len()))
    };
    let large = jane.post_text("/api/v2/invitations", "application/json", &padded(64 * 1024 + 1));
    assert_eq!(large.problem().1, "PayloadTooLarge");
    jane.post_text("/api/v2/invitations", "application/json", &padded(64 * 1024)).expect(200);
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__SERVER__BODY_TIMEOUT", "1s");
    let server = setup.start();
    let jane = server.onward();
    let address = jane.base().strip_prefix("http://").unwrap();
    let token = server.token(Some("onward"), "jane@example.com");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(
        stream,
        "POST /api/v2/invitations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: 100\r\n\r\n{{\"name\":"
    )
    .unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
}

/// All connections are busy: who comes now is sent away at once and told when to come back, and health still answers.
#[test]
fn a_full_house_says_so() {
    let setup = Setup::new(Backend::sqlite())
        .with("USHER__DATABASE__POOL_SIZE", "1")
        .with("USHER__DATABASE__ACQUIRE_TIMEOUT", "20ms");
    let server = setup.start();
    let jane = server.onward();
    let (entered, leave) = (Barrier::new(2), Barrier::new(2));
    let invitation = crate::harness::body("Joe", "joe@example.com", &["Auditor"]);
    std::thread::scope(|scope| {
        // Another process writes for a while.
        scope.spawn(|| {
            server.core.store.write::<_, usher_domain::port::StoreError>("hold", |_| {
                entered.wait();
                leave.wait();
                Ok(())
            })
        });
        entered.wait();
        // One request waits for the database with the only place; the others get none.
        let waiting = scope.spawn(|| jane.post("/api/v2/invitations", &invitation));
        let deadline = Instant::now() + Duration::from_secs(30);
        let refused = loop {
            let answer = jane.get("/api/v2/invitations");
            if answer.status.as_u16() == 503 || Instant::now() > deadline {
                break answer.expect(503);
            }
        };
        assert_eq!(
            (refused.header("retry-after"), refused.problem().1.as_str()),
            ("1", "ServiceUnavailable")
        );
        server.client.get("/health/live").expect(200);
        leave.wait();
        waiting.join().unwrap().expect(200);
    });
    assert_eq!(jane.get("/api/v2/invitations").json()["count"], 1);
}

#[test]
fn both_lengths_at_once_are_refused() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let address = server.client.base().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
        .write_all(
            b"POST /api/v2/login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        )
        .unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
}
