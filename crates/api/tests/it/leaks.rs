//! Logs contain no key of either kind, no code, no `secure_id`, no password and no token.

use serde_json::json;
use usher_domain::access_token::Scope;

use crate::harness::{
    Backend, Client, Postbox, Process, SECRET, Server, Setup,
    fastly::{create, delete, document, listed},
    invitation_body, send,
};

/// `usher serve` with its log at the finest level. A server in this process, on the same database, sets up
/// its members.
struct LoggedServer {
    process: Process,
    client: Client,
    beside: Server,
    _setup: Setup,
}

impl LoggedServer {
    fn start(postbox: &Postbox) -> Self {
        let setup = Setup::delivering(Backend::sqlite(), postbox).with("USHER__LOG__FILTER", "trace");
        setup.run_command(&["migrate"]);
        let (process, client) = setup.start_serve();
        let setup = setup.with("USHER__WORKER__ENABLED", "false");
        let beside = setup.start();
        beside.add_account("onward", "Onward, Inc.");
        beside.add_member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
        Self { process, client, beside, _setup: setup }
    }

    /// Logs jane@example.com in and returns her token.
    fn login(&self) -> String {
        let login = json!({ "email": "jane@example.com", "password": "correct horse" });
        let login = self.client.post("/api/v2/login", &login).expect(200).json();
        login["token"].as_str().unwrap().to_owned()
    }

    /// Ends the server and returns its log.
    fn log(self) -> String {
        self.process.terminate()
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

/// From the login to the acceptance on the page.
#[test]
fn logs_contain_no_key_password_or_token() {
    let postbox = Postbox::secure();
    let server = LoggedServer::start(&postbox);
    let (client, token) = (&server.client, server.login());
    let jane = client.with_token(&token);
    jane.post("/api/v2/invitations", &invitation_body("Joe Wright", "joe@example.com", &["Auditor"]))
        .expect(200);
    let mail = postbox.newest_of(1);
    let key = mail.key();
    client.get(&mail.path()).expect(200);
    client.get(&format!("/api/v2/invitations/{}/summary", mail.secure_id())).expect(200);
    let wrong = json!({ "invitation_id": mail.secure_id(), "key": key.replace('0', "1") });
    jane.post("/api/v2/accept-invitation", &wrong).expect(403);
    let form =
        [("key", key.as_str()), ("action", "accept"), ("name", "Joe"), ("password", "plum drizzle kettle")];
    client.post_form(mail.form_path(), &form).expect(200);

    let log = server.log();
    assert!(log.contains("/accept-invitation/{secure_id}"), "requests are logged by route: {log}");
    assert!(log.contains("mail relayed"), "{log}");
    assert!(log.contains("mailbox_not_proven"), "rejections are logged with their code: {log}");
    let passwords = ["correct horse", "plum drizzle kettle", "relay-password"];
    assert_absent(&log, &passwords);
    assert_absent(&log, &[mac(&key), mail.secure_id(), &token, SECRET]);
    assert!(!log.contains("joe@example.com"), "logs contain no recipient");
}

/// Codes are part of the path, which access logs often contain.
#[test]
fn logs_contain_no_code() {
    let postbox = Postbox::secure();
    let server = LoggedServer::start(&postbox);
    let (client, token) = (&server.client, server.login());
    create(&client.with_key(&token), &document("joe@example.com", "user")).expect(200);
    let mail = postbox.newest_of(1);
    let path = format!("/invitation/accept/{}", mail.code());
    let newcomer = json!({ "name": "Joe", "password": "plum drizzle kettle" });
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

    let log = server.log();
    assert!(log.contains("/invitation/accept/{code}"), "requests are logged by route: {log}");
    assert_absent(&log, &[mac(mail.code()), mail.secure_id(), &token, "plum drizzle kettle", "a-key-of-joe"]);
    assert!(!log.contains("joe@example.com"), "logs contain no recipient");
}

#[test]
fn logs_contain_no_access_token() {
    let postbox = Postbox::secure();
    let server = LoggedServer::start(&postbox);
    let (secret, stored) = server.beside.add_access_token("onward", "jane@example.com", Scope::Global, None);
    let (key, bearer) = (server.client.with_key(&secret), server.client.with_token(&secret));
    create(&key, &document("joe@example.com", "user")).expect(200);
    bearer.get("/api/v2/invitations").expect(200);
    key.get("/current_user").expect(200);
    key.put("/invitation/accept/x", &json!({})).expect(404);
    delete(&bearer, &listed(&key)[0]).expect(204);
    let unknown = "A".repeat(32);
    server.client.with_key(&unknown).get("/invitations").expect(401);
    let log = server.log();
    assert!(log.contains("\"/invitations\""), "requests are logged by route: {log}");
    let digest = usher_auth::access_token_digest(&secret).unwrap();
    assert_absent(&log, &[&secret, digest.as_str(), stored.public_id.as_str(), &unknown]);
}
