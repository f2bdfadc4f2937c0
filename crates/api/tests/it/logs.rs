//! What the log says about requests and about the people who send them.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    time::Duration,
};

use reqwest::{Method, header::HeaderValue};
use serde_json::{Value, json};

use crate::harness::{Backend, Client, Process, Setup, send};

/// `usher serve`, which trusts proxies on this machine, and a client without a token.
struct Logged {
    process: Process,
    client: Client,
    _setup: Setup,
}

impl Logged {
    fn start() -> Self {
        Self::start_with("info")
    }

    /// With this `log.filter`.
    fn start_with(filter: &str) -> Self {
        let setup = Setup::new(Backend::sqlite()).with("USHER__SERVER__TRUSTED_PROXIES", "127.0.0.0/8");
        let setup = setup.with("USHER__LOG__FILTER", filter);
        let (process, client) = setup.start_serve();
        Self { process, client, _setup: setup }
    }

    /// Stops the server and returns the lines of its log.
    fn lines(self) -> Vec<Value> {
        self.process.terminate().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// The spans of the lines with this message.
fn spans<'a>(lines: &'a [Value], message: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["fields"]["message"] == message).map(|line| &line["span"]).collect()
}

#[test]
fn a_request_is_logged_with_client_id_and_trace() {
    let server = Logged::start();
    let request = server.client.request(Method::GET, "/api/v2/invitations").headers(
        [
            ("x-forwarded-for", "198.51.100.9, 203.0.113.7"),
            ("x-request-id", "proxy-7f"),
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ]
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect(),
    );
    assert_eq!(send(request).expect(401).header("x-request-id"), "proxy-7f");
    let request = server.client.request(Method::GET, "/nowhere").header("x-request-id", "two words");
    let own_id = send(request).expect(404).header("x-request-id").to_owned();
    assert_eq!(own_id.len(), 36, "{own_id}");

    let lines = server.lines();
    let expected = json!([
        {
            "name": "request",
            "id": "proxy-7f",
            "client": "203.0.113.7",
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
        },
        { "name": "request", "id": own_id, "client": "127.0.0.1" },
    ]);
    assert_eq!(json!(spans(&lines, "responded")), expected);
}

/// A client cannot write lines or fields of the log, nor make them long: its values are left out.
#[test]
fn hostile_values_of_headers_reach_neither_log_nor_response() {
    let server = Logged::start();
    let long = "injected".repeat(1280);
    let many = format!("{}127.0.0.1", "injected, ".repeat(1000));
    let headers: [(&str, &[u8]); 8] = [
        ("x-request-id", long.as_bytes()),
        ("x-request-id", b"injected\",\"level\":\"ERROR"),
        ("x-request-id", b"injected\\n{}"),
        ("x-request-id", b"injected\t1"),
        ("x-request-id", b"injected\xe2\x80\xa8\xc2\x9b31m"),
        ("traceparent", long.as_bytes()),
        ("x-forwarded-for", many.as_bytes()),
        ("x-forwarded-for", b"injected\",\"client\":\"203.0.113.7"),
    ];
    for (name, value) in headers {
        let value = HeaderValue::from_bytes(value).unwrap();
        let request = server.client.request(Method::GET, "/api/v2/invitations").header(name, value);
        let id = send(request).expect(401).header("x-request-id").to_owned();
        assert_eq!(id.len(), 36, "{id}");
    }
    // What no HTTP library sends: a line feed and a folded line within a value.
    let address = server.client.base().strip_prefix("http://").unwrap().to_owned();
    for id in ["a\n{\"injected\":1}", "a\r{\"injected\":1}", "a\r\n injected", "a\0injected"] {
        let mut stream = TcpStream::connect(&address).unwrap();
        let head = format!(
            "GET /health/live HTTP/1.1\r\nHost: x\r\nX-Request-Id: {id}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        assert!(response.starts_with("HTTP/1.1 ") && !response.contains("injected"), "{id:?}: {response}");
    }
    server.client.get("/injected%0A%7B%22level%22%3A%22ERROR%22%7D").expect(404);

    let lines = server.lines();
    let responded = spans(&lines, "responded");
    assert!(responded.len() >= 9, "{responded:#?}");
    assert!(responded.iter().all(|span| span["client"] == "127.0.0.1"), "{responded:#?}");
    assert!(lines.iter().all(|line| line["level"] != "ERROR"), "{lines:#?}");
    for line in &lines {
        assert!(!line["span"].to_string().contains("injected"), "{line}");
        assert!(line.to_string().len() < 1000, "{line}");
    }
}

#[test]
fn failed_logins_and_refused_tokens_are_security_events() {
    let server = Logged::start();
    let login = json!({ "email": "jane@example.com", "password": "a wrong password" });
    server.client.post("/api/v2/login", &login).expect(401);
    server.client.post("/api/v2/login", &json!({ "email": "?", "password": "?" })).expect(401);
    server.client.with_token("no.real.token").get("/api/v2/invitations").expect(401);
    let unknown = "A1".repeat(16);
    server.client.with_key(&unknown).get("/invitations");
    server.client.get("/api/v2/invitations").expect(401);

    let lines = server.lines();
    let events = lines.iter().filter(|line| line["target"] == "usher::security");
    let events: Vec<Value> = events
        .map(|line| {
            json!([
                line["level"],
                line["fields"]["message"],
                line["fields"]["reason"],
                line["span"]["client"]
            ])
        })
        .collect();
    assert_eq!(
        json!(events),
        json!([
            ["INFO", "login failed", "wrong_password", "127.0.0.1"],
            ["INFO", "login failed", "malformed", "127.0.0.1"],
            ["INFO", "token refused", "malformed", "127.0.0.1"],
            ["INFO", "token refused", "invalid_token", "127.0.0.1"],
        ]),
        "a request without a token is no event"
    );
    let log = json!(lines).to_string();
    for secret in ["jane@example.com", "a wrong password", "no.real.token", &unknown] {
        assert!(!log.contains(secret), "{secret}");
    }
}

/// The number of errors in the log of a server with this filter, after requests that are no HTTP.
fn errors_with(filter: &str) -> usize {
    let server = Logged::start_with(filter);
    let address = server.client.base().strip_prefix("http://").unwrap();
    for request in
        ["no HTTP at all\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "GET / HTTP/1.1\r\nTransf"]
    {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut response = String::new();
        // The server closes the connection after it has logged the fault.
        stream.read_to_string(&mut response).unwrap();
        assert!(response.is_empty() || response.starts_with("HTTP/1.1 400"), "{response}");
    }
    server.lines().iter().filter(|line| line["level"] == "ERROR").count()
}

#[test]
fn a_malformed_request_is_no_error_of_the_server() {
    assert_eq!(errors_with("info"), 0);
    assert_ne!(errors_with("info,actix_http=error"), 0, "a filter that names the library shows its errors");
}
