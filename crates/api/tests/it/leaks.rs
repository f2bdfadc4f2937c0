//! What the process says about itself never holds a key of either kind, a code, a `secure_id`, a password or a token.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
    thread::JoinHandle,
};

use serde_json::json;
use usher_domain::access_token::Scope;

use crate::harness::{
    Backend, Client, Postbox, Running, SECRET, Server, Setup, body,
    fastly::{create, delete, document, listed},
    send,
};

/// The real program with its log at the finest level, and a server of this process beside it, on the same database, with
/// which its first members are made.
struct Program {
    running: Running,
    log: JoinHandle<String>,
    client: Client,
    beside: Server,
    _setup: Setup,
}

impl Program {
    fn start(postbox: &Postbox) -> Self {
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
        let mut running = Running(server.spawn().unwrap());
        let mut log = BufReader::new(running.0.stderr.take().unwrap());
        let mut text = String::new();
        let address = loop {
            let start = text.len();
            assert_ne!(log.read_line(&mut text).unwrap(), 0, "the server ended: {text}");
            let line: serde_json::Value = serde_json::from_str(&text[start..]).unwrap();
            if let Some(address) = line["fields"]["address"].as_str() {
                break address.to_owned();
            }
        };
        let log = std::thread::spawn(move || {
            log.read_to_string(&mut text).unwrap();
            text
        });
        let setup = Setup::new(backend);
        let beside = setup.start();
        beside.account("onward", "Onward, Inc.");
        beside.member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
        Self { running, log, client: Client::new(format!("http://{address}")), beside, _setup: setup }
    }

    /// What a login gives.
    fn login(&self) -> String {
        let login = json!({ "email": "jane@example.com", "password": "correct horse" });
        let login = self.client.post("/api/v2/login", &login).expect(200).json();
        login["token"].as_str().unwrap().to_owned()
    }

    /// Ends the program; everything that it said.
    fn end(mut self) -> String {
        let pid = self.running.0.id();
        // The shell's own kill: the program is not on every machine.
        assert!(Command::new("sh").args(["-c", &format!("kill -TERM {pid}")]).status().unwrap().success());
        assert!(self.running.0.wait().unwrap().success(), "a first signal ends in good order");
        self.log.join().unwrap()
    }
}

#[track_caller]
fn assert_absent(log: &str, secrets: &[&str]) {
    for secret in secrets {
        let found = log.lines().find(|line| line.contains(secret));
        assert_eq!(found, None, "{secret}");
    }
}

/// The secret part of a key or a code.
fn mac(text: &str) -> &str {
    text.rsplit_once('.').unwrap().1
}

/// Through the whole main job, by the page.
#[test]
fn logs_hold_nothing_secret() {
    let postbox = Postbox::secure();
    let program = Program::start(&postbox);
    let (client, token) = (&program.client, program.login());
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

    let log = program.end();
    assert!(log.contains("/accept-invitation/{secure_id}"), "requests are logged by route: {log}");
    assert!(log.contains("mail relayed"), "{log}");
    assert!(log.contains("mailbox_not_proven"), "refusals are named: {log}");
    let passwords = ["correct horse", "a password of joe", "relay-password"];
    assert_absent(&log, &passwords);
    assert_absent(&log, &[mac(&key), mail.secure_id(), &token, SECRET]);
    assert!(!log.contains("joe@example.com"), "no recipient either");
}

/// Codes are in the path of a request, where logs like to look.
#[test]
fn logs_hold_no_code() {
    let postbox = Postbox::secure();
    let program = Program::start(&postbox);
    let (client, token) = (&program.client, program.login());
    create(&client.with_key(&token), &document("joe@example.com", "user")).expect(200);
    let mail = postbox.newest_of(1);
    let path = format!("/invitation/accept/{}", mail.code());
    let newcomer = json!({ "name": "Joe", "password": "a password of joe" });
    client.get(&path).expect(405);
    client.put(&format!("{path}/"), &newcomer).expect(404);
    client.put(&path, &json!({ "name": "Joe" })).expect(400);
    let keyed = || {
        let request = client.request(reqwest::Method::PUT, &path).body(newcomer.to_string());
        send(request.header("Idempotency-Key", "a-key-of-joe"))
    };
    keyed().expect(200);
    keyed().expect(200);
    client.put(&path, &newcomer).expect(410);

    let log = program.end();
    assert!(log.contains("/invitation/accept/{code}"), "requests are logged by route: {log}");
    assert_absent(&log, &[mac(mail.code()), mail.secure_id(), &token, "a password of joe", "a-key-of-joe"]);
    assert!(!log.contains("joe@example.com"), "no recipient either");
}

#[test]
fn logs_hold_no_access_token() {
    let postbox = Postbox::secure();
    let program = Program::start(&postbox);
    let (secret, stored) = program.beside.access_token("onward", "jane@example.com", Scope::Global, None);
    let (key, bearer) = (program.client.with_key(&secret), program.client.with_token(&secret));
    create(&key, &document("joe@example.com", "user")).expect(200);
    bearer.get("/api/v2/invitations").expect(200);
    key.get("/current_user").expect(200);
    key.put("/invitation/accept/x", &json!({})).expect(404);
    delete(&bearer, &listed(&key)[0]).expect(204);
    let unknown = "A".repeat(32);
    program.client.with_key(&unknown).get("/invitations").expect(401);
    let log = program.end();
    assert!(log.contains("\"/invitations\""), "requests are logged by route: {log}");
    let digest = usher_auth::access_token_digest(&secret).unwrap();
    assert_absent(&log, &[&secret, digest.as_str(), stored.public_id.as_str(), &unknown]);
}
