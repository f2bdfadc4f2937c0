//! With a server that runs.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use super::bench::{Bench, Running};

/// Development mode on a free port, and its base URL.
fn development(bench: &Bench) -> (Running, String) {
    let mut server = bench.start(&[]);
    let line = server.line_with("running in development mode at ");
    let url = line.rsplit(' ').next().unwrap().to_owned();
    (server, url)
}

fn bench() -> Bench {
    Bench::new().env("USHER__SERVER__BIND", "127.0.0.1:0")
}

/// The status of a GET with that token.
fn get(url: &str, path: &str, token: &str) -> String {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn commands_work_beside_development_mode() {
    let bench = bench();
    let (server, url) = development(&bench);
    assert_eq!(bench.run(&["health", "--url", &url]).done(), "ready");
    assert!(bench.run(&["account", "list"]).done().starts_with("onward "));
    let token = bench.run(&["token", "issue", "--account", "onward", "--email", "jane@example.com"]).done();
    assert_eq!(get(&url, "/api/v2/invitations", &token), "200");
    assert_eq!(get(&url, "/api/v2/invitations", &format!("{token}x")), "401");
    drop(server);
    // The secret was kept: tokens outlive the process.
    let (_server, url) = development(&bench);
    assert_eq!(get(&url, "/api/v2/invitations", &token), "200");
}

#[test]
fn a_taken_port_is_told_with_the_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let bench = Bench::new().env("USHER__SERVER__BIND", &taken.local_addr().unwrap().to_string());
    bench.run(&[]).refused(1, "USHER__SERVER__BIND");
}

#[test]
fn nobody_to_ask_is_not_ready() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let bench = Bench::new().env("USHER__SERVER__BIND", &free);
    bench.run(&["health"]).refused(1, "usher: no answer from");
    bench.run(&["health", "--url", "https://example.com"]).refused(2, "no https");
}

/// The settings of production, and the word `serve` forgotten.
#[test]
fn development_mode_leaves_other_databases_alone() {
    let bench = bench();
    bench.run(&["account", "create", "--name", "onward", "--title", "Onward, Inc."]).done();
    let jane = ["--account", "onward", "--email", "jane@example.com"];
    bench.run(&[&["member", "add", "--name", "Jane", "--role", "Auditor"], &jane[..]].concat()).done();
    bench.run(&[]).refused(1, "run `usher serve`");
    bench.run(&["account", "list"]).done();
}
