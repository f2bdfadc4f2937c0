//! Commands that run while a server is running.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use super::program::{Program, Running};

/// Starts development mode on a free port and returns it with its base URL.
fn development(program: &Program) -> (Running, String) {
    let mut server = program.start(&[]);
    let line = server.line_with("running in development mode at ");
    let url = line.rsplit(' ').next().unwrap().to_owned();
    (server, url)
}

fn program() -> Program {
    Program::new().env("USHER__SERVER__BIND", "127.0.0.1:0")
}

/// Returns the status of a GET with that token.
fn get(url: &str, path: &str, token: &str) -> String {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn commands_work_beside_development_mode() {
    let program = program();
    let (server, url) = development(&program);
    assert_eq!(program.run(&["health", "--url", &url]).stdout(), "ready");
    assert!(program.run(&["account", "list"]).stdout().starts_with("onward "));
    let token =
        program.run(&["token", "issue", "--account", "onward", "--email", "jane@example.com"]).stdout();
    assert_eq!(get(&url, "/api/v2/invitations", &token), "200");
    assert_eq!(get(&url, "/api/v2/invitations", &format!("{token}x")), "401");
    drop(server);
    // Development mode keeps the secret, so tokens remain valid.
    let (_server, url) = development(&program);
    assert_eq!(get(&url, "/api/v2/invitations", &token), "200");
}

#[test]
fn a_taken_port_is_reported_with_advice() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let program = Program::new().env("USHER__SERVER__BIND", &taken.local_addr().unwrap().to_string());
    program.run(&[]).assert_failed(1, "USHER__SERVER__BIND");
}

#[test]
fn a_server_that_does_not_run_is_not_ready() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let program = Program::new().env("USHER__SERVER__BIND", &free);
    program.run(&["health"]).assert_failed(1, "usher: no response from");
    program.run(&["health", "--url", "https://example.com"]).assert_failed(2, "no https");
}

/// An operator can forget the word `serve`.
#[test]
fn development_mode_rejects_databases_of_production() {
    let program = program();
    program.run(&["migrate"]).stdout();
    program.run(&["account", "create", "--name", "onward", "--title", "Onward, Inc."]).stdout();
    let jane = ["--account", "onward", "--email", "jane@example.com"];
    program.run(&[&["member", "add", "--name", "Jane", "--role", "Auditor"], &jane[..]].concat()).stdout();
    program.run(&[]).assert_failed(1, "run `usher serve`");
    program.run(&["account", "list"]).stdout();
}
