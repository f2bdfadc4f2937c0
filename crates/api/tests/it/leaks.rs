//! What the process says about itself never holds a key, a `secure_id`, a password or a token.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
};

use serde_json::json;

use crate::harness::{Backend, Client, Postbox, Running, SECRET, Setup, body};

/// The real program with its log at the finest level, through the whole main job.
#[test]
fn logs_hold_nothing_secret() {
    let postbox = Postbox::secure();
    let backend = Backend::sqlite();
    let mut server = Command::new(env!("CARGO_BIN_EXE_usher"));
    server
        .arg("serve")
        .env_clear()
        .env("USHER__DATABASE__URL", backend.url())
        .env("USHER__SERVER__BIND", "127.0.0.1:0")
        .env("USHER__SERVER__PUBLIC_URL", "https://usher.example.com")
        .env("USHER__AUTH__SECRET", SECRET)
        .env("USHER__LOG__FILTER", "trace")
        .env("USHER__LOG__FORMAT", "json")
        .envs(postbox.settings())
        .stderr(Stdio::piped());
    let mut server = Running(server.spawn().unwrap());
    let mut log = BufReader::new(server.0.stderr.take().unwrap());
    let mut text = String::new();
    let address = loop {
        let start = text.len();
        assert_ne!(log.read_line(&mut text).unwrap(), 0, "the server ended: {text}");
        let line: serde_json::Value = serde_json::from_str(&text[start..]).unwrap();
        if let Some(address) = line["fields"]["address"].as_str() {
            break address.to_owned();
        }
    };
    let reader = std::thread::spawn(move || {
        log.read_to_string(&mut text).unwrap();
        text
    });

    // An own handle on the same database, to make the first administrator.
    let setup = Setup::new(backend).with("USHER__SERVER__BIND", "127.0.0.1:0");
    let beside = setup.start();
    beside.account("onward", "Onward, Inc.");
    beside.member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
    let client = Client::new(format!("http://{address}"));
    let login = json!({ "email": "jane@example.com", "password": "correct horse" });
    let token = client.post("/api/v2/login", &login).expect(200).json()["token"].as_str().unwrap().to_owned();
    let jane = client.with_token(&token);
    jane.post("/api/v2/invitations", &body("Joe Wright", "joe@example.com", &["Auditor"])).expect(200);
    let mail = postbox.newest_of(1);
    let key = mail.key();
    client.get(&mail.path()).expect(200);
    client.get(&format!("/api/v2/invitations/{}/summary", mail.secure_id())).expect(200);
    let wrong = json!({ "invitation_id": mail.secure_id(), "key": key.replace('0', "1") });
    jane.post("/api/v2/accept-invitation", &wrong).expect(403);
    let form =
        [("key", key.as_str()), ("action", "accept"), ("name", "Joe"), ("password", "a password of joe")];
    client.post_form(mail.form_path(), &form).expect(200);

    let pid = server.0.id();
    // The shell's own kill: the program is not on every machine.
    assert!(Command::new("sh").args(["-c", &format!("kill -TERM {pid}")]).status().unwrap().success());
    assert!(server.0.wait().unwrap().success(), "a first signal ends in good order");
    let log = reader.join().unwrap();
    assert!(log.contains("/accept-invitation/{secure_id}"), "requests are logged by route: {log}");
    assert!(log.contains("mail relayed"), "{log}");
    assert!(log.contains("mailbox_not_proven"), "refusals are named: {log}");
    let mac = key.split_once('.').unwrap().1;
    let secrets =
        [mac, mail.secure_id(), &token, SECRET, "correct horse", "a password of joe", "relay-password"];
    for secret in secrets {
        let found = log.lines().find(|line| line.contains(secret));
        assert_eq!(found, None, "{secret}");
    }
    assert!(!log.contains("joe@example.com"), "no recipient either");
}
