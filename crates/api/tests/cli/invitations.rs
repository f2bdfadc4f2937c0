//! `usher invitation …`

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::{Value, json};

use super::program::{Ended, Program};

/// An account with an administrator, and two invitations that a server created.
fn with_invitations() -> Program {
    let program = Program::migrated().env("USHER__SERVER__BIND", "127.0.0.1:0");
    let mut server = program.start(&[]);
    let line = server.line_with("running in development mode at ");
    let url = line.rsplit(' ').next().unwrap().strip_prefix("http://").unwrap().to_owned();
    let token = ["token", "issue", "--account", "onward", "--email", "jane@example.com"];
    let token = program.run(&token).stdout();
    for name in ["joe", "ann"] {
        let body = json!({ "name": name, "email": format!("{name}@example.com"), "roles": ["Auditor"] });
        let body = body.to_string();
        let request = format!(
            "POST /api/v2/invitations HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(&url).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    }
    program
}

fn run(program: &Program, words: &str) -> Ended {
    program.run(&words.split(' ').collect::<Vec<_>>())
}

fn list(program: &Program, more: &str) -> Ended {
    run(program, format!("invitation list --account onward {more}").trim_end())
}

fn members<'a>(listed: &'a Value, name: &str) -> Vec<&'a Value> {
    listed.as_array().unwrap().iter().map(|one| &one[name]).collect()
}

#[test]
fn invitations_are_listed_shown_resent_and_revoked() {
    let program = with_invitations();
    let listed = list(&program, "--json").json();
    assert_eq!(members(&listed, "email"), ["ann@example.com", "joe@example.com"], "the newest first");
    assert_eq!(members(&listed, "status"), ["pending", "pending"]);
    let id = listed[1]["id"].as_str().unwrap();
    let text = list(&program, "").stdout();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.lines().nth(1).unwrap().starts_with(&format!("{id}  pending ")), "{text}");

    let first = list(&program, "--limit 1 --json");
    let newest = listed[0]["id"].as_str().unwrap();
    assert!(first.err.contains(&format!("--before {newest}")), "{first:?}");
    assert_eq!(members(&first.json(), "email"), ["ann@example.com"]);
    let rest = list(&program, &format!("--limit 1 --before {newest} --json"));
    assert!(!rest.err.contains("--before"), "{rest:?}");
    assert_eq!(members(&rest.json(), "email"), ["joe@example.com"]);

    let shown = run(&program, &format!("invitation show --account onward --id {id} --json")).json();
    assert_eq!(shown["invited_by"], json!({ "name": "Jane Smith", "email": "jane@example.com" }));
    assert_eq!((&shown["roles"], &shown["number"]), (&json!(["Auditor"]), &json!(1)));
    assert!(shown["mail"]["state"].is_string(), "{shown}");
    let by_number = run(&program, "invitation show --account onward --id 1");
    let text = by_number.stdout();
    assert!(text.contains("invited_by.email  ") && text.contains("joe@example.com"), "{text}");
    assert!(!text.contains("key=") && !shown.to_string().contains("key="), "the link is a secret");

    run(&program, &format!("invitation resend --account onward --id {id}"))
        .assert_failed(1, "this invitation was sent a moment ago; try again in ");
    let revoke = format!("invitation revoke --account onward --id {id}");
    let revoked = run(&program, &revoke).stdout();
    assert_eq!(revoked, format!("invitation {id} to joe@example.com is revoked"));
    run(&program, &revoke).assert_failed(1, "neither pending nor expired");
    let listed = list(&program, "--status revoked --json").json();
    assert_eq!(members(&listed, "id"), [id]);
    assert_eq!(list(&program, "--status declined --json").json(), json!([]));
}

#[test]
fn failures_come_with_advice() {
    let program = Program::migrated();
    run(&program, "account create --name onward --title Onward").stdout();
    let id = "2bXr7KqVn0mTz5LcWd8Yp4";
    for verb in ["show", "resend", "revoke"] {
        run(&program, &format!("invitation {verb} --account onward --id {id}"))
            .assert_failed(1, "`usher invitation list --account onward` lists its invitations");
        run(&program, &format!("invitation {verb} --account none --id {id}"))
            .assert_failed(1, "there is no account named none: `usher account list`");
        run(&program, &format!("invitation {verb} --account onward --id x"))
            .assert_failed(2, "must be 22 letters and digits, or a number");
    }
    list(&program, "--before 7").assert_failed(1, "this account has no invitation with this id");
    list(&program, "--status open").assert_failed(2, "pending, accepted, declined, revoked, expired");
    list(&program, "--limit 0").assert_failed(2, "--limit <NUMBER>");
}
