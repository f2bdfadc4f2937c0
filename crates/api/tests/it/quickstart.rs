//! `cargo run` without configuration: the first printed command works when pasted into a shell.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::harness::{Client, Running, claims};

fn shell(line: &str) -> Value {
    let done = Command::new("sh").args(["-c", line]).output().unwrap();
    assert!(done.status.success(), "{line}: is curl installed? {}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

#[test]
fn the_first_printed_command_creates_an_invitation() {
    let folder = tempfile::tempdir().unwrap();
    let mut usher = Command::new(env!("CARGO_BIN_EXE_usher"));
    usher.current_dir(folder.path()).env_clear().env("USHER__SERVER__BIND", "127.0.0.1:0");
    let mut running = Running(usher.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut commands = Vec::new();
    let mut mailbox = String::new();
    for line in lines.by_ref() {
        let line = line.trim().to_owned();
        if line.starts_with("curl ") {
            commands.push(line);
        } else if line.starts_with("http") {
            mailbox = line;
        } else if line.contains("Ctrl-C") {
            break;
        }
    }
    let [create, list, fastly, login] = commands.try_into().unwrap();

    let token = create.split("Bearer ").nth(1).unwrap().split('"').next().unwrap();
    let claims = claims(token);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 24 * 60 * 60);
    assert_eq!((&claims["sub"], &claims["acc"]), (&"jane@example.com".into(), &"onward".into()));
    let created = shell(&create);
    assert_eq!(created["id"], 1);
    let listed = shell(&list);
    assert_eq!(listed["results"][0]["email"], "bobby@example.com");
    let listed = shell(&fastly);
    assert_eq!(listed["data"][0]["attributes"]["email"], "bobby@example.com");
    assert_eq!(shell(&login)["current_account"], "onward");

    // The mail is shown on a page.
    let (base, path) = mailbox.split_at(mailbox.find("/dev/").unwrap());
    let client = Client::new(base.to_owned());
    let deadline = Instant::now() + Duration::from_mins(1);
    let mail = loop {
        assert!(Instant::now() < deadline, "the worker delivers the mail within a minute");
        // Reload, as the page itself does, until the worker has delivered the mail.
        let list = client.get(path).expect(200).body;
        if let Some(start) = list.find("href=\"/dev/mailbox/") {
            let rest = &list[start + 6..];
            break rest[..rest.find('"').unwrap()].to_owned();
        }
    };
    let read = client.get(&mail).expect(200).body;
    assert!(read.contains(created["secure_id"].as_str().unwrap()), "the mail contains the link: {read}");
}
