//! Limits of a connection: the time and size of heads, responses that are not read, and the number of connections.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use usher_api::compose::listen;

use crate::harness::{Backend, Server, Setup};

/// A wait that ends a test. No test waits as long as this when it passes.
const PATIENCE: Duration = Duration::from_secs(30);
const REQUEST: &str = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
const BEGUN: &str = "GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ";

fn server_with(settings: &[(&str, &str)]) -> Server {
    let setup = Setup::new(Backend::sqlite());
    settings.iter().fold(setup, |setup, (key, value)| setup.with(key, value)).start()
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.client.base().strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends a request on the connection and reads its response.
fn exchange(stream: &mut TcpStream) {
    stream.write_all(REQUEST.as_bytes()).unwrap();
    assert!(read_response(stream).starts_with("HTTP/1.1 200 "));
}

/// Reads the response to [`REQUEST`].
fn read_response(stream: &mut TcpStream) -> String {
    let mut response = Vec::new();
    let mut octet = [0];
    while !response.ends_with(br#"{"status":"ok"}"#) {
        stream.read_exact(&mut octet).unwrap();
        response.push(octet[0]);
    }
    String::from_utf8(response).unwrap()
}

/// Sends a byte from time to time until the server closes the connection. Returns what the server sent.
fn drip(stream: &mut TcpStream) -> String {
    let begin = Instant::now();
    stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let mut received = Vec::new();
    let mut part = [0; 1024];
    loop {
        assert!(begin.elapsed() < PATIENCE, "the connection is still open");
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(length) => received.extend_from_slice(&part[..length]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if stream.write_all(b"x").is_err() {
                    break;
                }
            }
            Err(_) => break,
        }
    }
    String::from_utf8(received).unwrap()
}

#[test]
fn every_head_must_arrive_in_time() {
    let server = server_with(&[("USHER__SERVER__HEAD_TIMEOUT", "300ms")]);
    for earlier in [0, 1, 3] {
        let mut stream = connect(&server);
        for _ in 0..earlier {
            exchange(&mut stream);
        }
        stream.write_all(BEGUN.as_bytes()).unwrap();
        assert!(drip(&mut stream).starts_with("HTTP/1.1 408 "), "after {earlier} requests");
    }
}

/// The first byte of the second head arrives together with the first request.
#[test]
fn a_head_that_begins_behind_a_request_must_arrive_in_time() {
    let server = server_with(&[("USHER__SERVER__HEAD_TIMEOUT", "300ms")]);
    let mut stream = connect(&server);
    stream.write_all(format!("{REQUEST}{BEGUN}").as_bytes()).unwrap();
    let received = drip(&mut stream);
    assert!(received.starts_with("HTTP/1.1 200 ") && received.contains("HTTP/1.1 408 "), "{received}");
}

#[test]
fn a_connection_without_a_request_is_closed() {
    let server = server_with(&[("USHER__SERVER__HEAD_TIMEOUT", "300ms")]);
    let mut stream = connect(&server);
    assert_eq!(stream.read(&mut [0]).unwrap(), 0, "closed without a response");
}

#[test]
fn an_unused_connection_is_closed_after_its_keep_alive() {
    let server = server_with(&[("USHER__SERVER__KEEP_ALIVE", "300ms")]);
    let mut stream = connect(&server);
    exchange(&mut stream);
    assert_eq!(stream.read(&mut [0]).unwrap(), 0, "closed");
}

#[test]
fn heads_have_at_most_32_kib() {
    let server = server_with(&[]);
    let head = |size: usize| format!("{BEGUN}{}\r\n\r\n", "x".repeat(size - BEGUN.len() - 4));
    for earlier in [0, 1] {
        let mut stream = connect(&server);
        for _ in 0..earlier {
            exchange(&mut stream);
        }
        stream.write_all(head(32 * 1024).as_bytes()).unwrap();
        assert!(read_response(&mut stream).starts_with("HTTP/1.1 200 "), "after {earlier} requests");
        for size in [32 * 1024 + 1, 120 * 1024] {
            let mut stream = connect(&server);
            for _ in 0..earlier {
                exchange(&mut stream);
            }
            stream.write_all(head(size).as_bytes()).unwrap();
            let mut response = String::new();
            stream.read_to_string(&mut response).unwrap();
            assert!(response.starts_with("HTTP/1.1 431 "), "{size} after {earlier} requests: {response}");
        }
    }
}

/// The limits of a head do not apply to several complete requests that arrive at once.
#[test]
fn requests_can_be_sent_ahead() {
    let server = server_with(&[]);
    let mut stream = connect(&server);
    let number = 64 * 1024 / REQUEST.len();
    let mut writer = stream.try_clone().unwrap();
    let sender = std::thread::spawn(move || writer.write_all(REQUEST.repeat(number).as_bytes()).unwrap());
    for _ in 0..number {
        assert!(read_response(&mut stream).starts_with("HTTP/1.1 200 "));
    }
    sender.join().unwrap();
}

/// The client requests more than the sockets can hold, and reads nothing. The server stops reading, and then gives up.
#[test]
fn a_response_that_is_not_read_does_not_keep_its_connection() {
    let server = server_with(&[("USHER__SERVER__WRITE_TIMEOUT", "300ms")]);
    let mut stream = connect(&server);
    stream.set_write_timeout(Some(Duration::from_millis(50))).unwrap();
    let requests = "GET /assets/usher.css HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
    let begin = Instant::now();
    let mut waited = false;
    loop {
        assert!(begin.elapsed() < PATIENCE, "the connection is still open");
        match stream.write(requests.as_bytes()) {
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                waited = true;
            }
            Err(_) => break,
        }
    }
    assert!(waited, "the server stops reading while its responses are not read");
}

#[test]
fn connections_beyond_the_limit_wait() {
    let server = server_with(&[
        ("USHER__SERVER__MAX_CONNECTIONS", "4"),
        ("USHER__SERVER__HEAD_TIMEOUT", "1m"),
        ("USHER__SERVER__KEEP_ALIVE", "1m"),
    ]);
    let mut accepted: Vec<TcpStream> = (0..4).map(|_| connect(&server)).collect();
    accepted.iter_mut().for_each(exchange);
    let mut waiting = connect(&server);
    waiting.write_all(REQUEST.as_bytes()).unwrap();
    waiting.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let early = waiting.read(&mut [0]);
    assert!(early.is_err(), "a fifth connection is served: {early:?}");
    drop(accepted.pop());
    waiting.set_read_timeout(Some(PATIENCE)).unwrap();
    assert!(read_response(&mut waiting).starts_with("HTTP/1.1 200 "));
}

/// Linux drops connections beyond the backlog, and their clients try again a second later.
#[test]
fn many_connections_can_wait_to_be_accepted() {
    let settings = Setup::new(Backend::sqlite()).settings();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(async { listen(&settings).unwrap() });
    let address = listener.local_addr().unwrap();
    let connect = |_| TcpStream::connect_timeout(&address, Duration::from_millis(500)).unwrap();
    let waiting: Vec<TcpStream> = (0..300).map(connect).collect();
    assert_eq!(waiting.len(), 300);
}

/// Slow clients take all the connections that the process can have. Files remain for the database.
#[test]
fn connections_leave_files_for_the_database() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__SERVER__HEAD_TIMEOUT", "300ms");
    let token = crate::processes::token_of_jane(&setup);
    let (server, client) = setup.start_serve_with_files(160);
    let address = client.base().strip_prefix("http://").unwrap();
    let slow: Vec<TcpStream> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(BEGUN.as_bytes()).unwrap();
            stream
        })
        .collect();
    let jane = client.with_token(token);
    let joe = crate::harness::invitation_body("Joe", "joe@example.com", &["Auditor"]);
    jane.post("/api/v2/invitations", &joe).expect(200);
    drop(slow);
    let log = server.terminate();
    assert!(!log.contains("Too many open files"), "{log}");
}
