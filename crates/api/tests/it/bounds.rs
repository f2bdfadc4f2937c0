//! Limits of a request: size, time and framing.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::harness::{Backend, Setup};

#[test]
fn bodies_have_at_most_64_kib() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let padded = |size: usize| {
        let json = r#"{"name": "Joe", "email": "joe@example.com"}"#;
        format!("{json}{}", " ".repeat(size - json.len()))
    };
    let large = jane.post_text("/api/v2/invitations", "application/json", &padded(64 * 1024 + 1));
    assert_eq!(large.problem().1, "PayloadTooLarge");
    jane.post_text("/api/v2/invitations", "application/json", &padded(64 * 1024)).expect(200);
}

#[test]
fn a_body_that_does_not_arrive_in_time_is_rejected_with_408() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__SERVER__BODY_TIMEOUT", "1s");
    let server = setup.start();
    let jane = server.add_onward();
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
    let mut response = [0; 12];
    stream.read_exact(&mut response).unwrap();
    assert_eq!(&response, b"HTTP/1.1 408");
}

#[test]
fn content_length_with_chunked_encoding_is_rejected() {
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
    let mut response = [0; 12];
    stream.read_exact(&mut response).unwrap();
    assert_eq!(&response, b"HTTP/1.1 400");
}

#[test]
fn a_rejected_method_is_answered_with_the_allowed_methods() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let table = [
        ("/health/live", "GET, HEAD"),
        ("/api/v2/invitations", "GET, HEAD, POST"),
        ("/api/v2/login", "POST"),
        ("/accept-invitation/x", "GET, HEAD, POST"),
    ];
    for (path, allowed) in table {
        let rejected = crate::harness::send(server.client.request(reqwest::Method::PATCH, path)).expect(405);
        assert_eq!(rejected.header("allow"), allowed, "{path}");
    }
}

/// A client that never ends its chunked body gets a response, and then the server closes the connection.
#[test]
fn an_unfinished_chunked_body_does_not_keep_its_connection() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__SERVER__BODY_TIMEOUT", "1s");
    let server = setup.start();
    server.add_onward();
    let bearer = format!("Authorization: Bearer {}\r\n", server.token(Some("onward"), "jane@example.com"));
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let invitations = "POST /api/v2/invitations";
    let table: &[(&str, &str, &str, &str)] = &[
        ("GET /health/live", "", "", "200"),
        ("GET /health/live", "", "5\r\nhel", "200"),
        ("GET /nowhere", "", "", "404"),
        ("PUT /health/live", "", "", "405"),
        (invitations, "", "", "401"),
        (invitations, "", "5\r\nhello\r\n", "401"),
        (invitations, bearer.as_str(), "", "408"),
        (invitations, bearer.as_str(), "5\r\nhello\r\n", "408"),
        ("POST /accept-invitation/x", form, "", "408"),
        ("POST /accept-invitation/x", form, "5\r\ntoken\r\n", "408"),
        ("POST /accept-invitation/x", "", "", "415"),
    ];
    std::thread::scope(|scope| {
        for (line, headers, body, status) in table {
            let mut stream = connect(server.client.base());
            scope.spawn(move || {
                write!(
                    stream,
                    "{line} HTTP/1.1\r\nHost: x\r\n{headers}Transfer-Encoding: chunked\r\n\r\n{body}"
                )
                .unwrap();
                let mut response = Vec::new();
                stream.read_to_end(&mut response).expect("the server closes the connection");
                let response = String::from_utf8(response).unwrap();
                assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{line} {body:?}: {response}");
                assert!(response.to_lowercase().contains("connection: close"), "{line} {body:?}: {response}");
            });
        }
    });
}

/// The same for a client that sends chunks forever.
#[test]
fn an_endless_chunked_body_does_not_keep_its_connection() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__SERVER__BODY_TIMEOUT", "1s");
    let server = setup.start();
    server.add_onward();
    let bearer = format!("Authorization: Bearer {}\r\n", server.token(Some("onward"), "jane@example.com"));
    let table =
        [("GET /health/live", ""), ("POST /api/v2/invitations", ""), ("POST /api/v2/invitations", &*bearer)];
    std::thread::scope(|scope| {
        for (line, headers) in table {
            let mut stream = connect(server.client.base());
            scope.spawn(move || {
                write!(stream, "{line} HTTP/1.1\r\nHost: x\r\n{headers}Transfer-Encoding: chunked\r\n\r\n")
                    .unwrap();
                let deadline = Instant::now() + Duration::from_secs(30);
                stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
                let mut response = [0; 1024];
                let mut answered = false;
                // Send a chunk and read, until the server closes the connection.
                loop {
                    assert!(Instant::now() < deadline, "{line}: the connection is still open");
                    if stream.write_all(b"1\r\n \r\n").is_err() {
                        break;
                    }
                    match stream.read(&mut response) {
                        Ok(0) => break,
                        Ok(_) => answered = true,
                        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                        }
                        Err(_) => break,
                    }
                }
                assert!(answered, "{line}");
            });
        }
    });
}

/// A body that was read to its end, in either framing, leaves the connection open for the next request.
#[test]
fn a_finished_body_keeps_the_connection_open() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_onward();
    let token = server.token(Some("onward"), "jane@example.com");
    let mut stream = connect(server.client.base());
    let head = format!("POST /api/v2/invitations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n");
    let json = |name: &str| format!(r#"{{"name": "{name}", "email": "{name}@example.com"}}"#);
    for name in ["joe", "ann"] {
        let body = json(name);
        write!(stream, "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
            .unwrap();
        assert!(read_response(&mut stream).starts_with("HTTP/1.1 200 "));
    }
    let body = json("sue");
    write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    assert!(read_response(&mut stream).starts_with("HTTP/1.1 200 "));
    write!(stream, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(read_response(&mut stream).starts_with("HTTP/1.1 200 "));
}

fn connect(base: &str) -> TcpStream {
    let stream = TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// Reads one response to its end.
fn read_response(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut octet).unwrap();
        head.push(octet[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, length)| length.parse().unwrap());
    stream.read_exact(&mut vec![0; length]).unwrap();
    head
}
