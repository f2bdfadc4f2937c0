//! Tokens of other issuers, end to end: keys, claims and rights.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use rcgen::{KeyPair, PKCS_ED25519, SigningKey as _};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Backend, Setup, invitation_body, send};

/// An identity provider's key.
pub(crate) struct Provider(KeyPair);

impl Provider {
    pub(crate) fn new() -> Self {
        Self(KeyPair::generate_for(&PKCS_ED25519).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.public_key_pem()
    }

    /// The key as an entry of a JSON Web Key Set.
    fn jwk(&self, kid: &str) -> Value {
        let key = URL_SAFE_NO_PAD.encode(self.0.public_key_raw());
        json!({ "kty": "OKP", "crv": "Ed25519", "x": key, "kid": kid, "use": "sig", "alg": "EdDSA" })
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        self.token_with(&json!({ "alg": "EdDSA", "typ": "JWT" }), claims)
    }

    fn token_of(&self, kid: &str, claims: &Value) -> String {
        self.token_with(&json!({ "alg": "EdDSA", "typ": "JWT", "kid": kid }), claims)
    }

    pub(crate) fn token_with(&self, header: &Value, claims: &Value) -> String {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.0.sign(signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub(crate) fn claims(email: &str, verified: Value) -> Value {
    let mut claims = json!({
        "iss": "https://login.example.com/", "aud": "usher", "sub": "248289761001",
        "exp": 1_710_946_165 + 3600, "email": email, "name": "Joe Wright",
    });
    if !verified.is_null() {
        claims["email_verified"] = verified;
    }
    claims
}

/// Writes a settings file that trusts the issuer. The line `keys` says where its keys are.
pub(crate) fn settings_file(folder: &TempDir, keys: &str) -> PathBuf {
    let issuer = "[[auth.issuers]]\nissuer = \"https://login.example.com/\"\naudience = \"usher\"\n";
    write(folder, "usher.toml", &format!("{issuer}{keys}\n"))
}

/// Writes key files with these contents and returns the line of the settings for them.
pub(crate) fn key_files(folder: &TempDir, texts: &[String]) -> String {
    let files = (1..).zip(texts).map(|(number, text)| write(folder, &format!("{number}.pem"), text));
    let files: Vec<_> = files.map(|path| path.display().to_string()).collect();
    format!("key_files = {files:?}")
}

fn write(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// A web server with a provider's key set. Its thread ends with the process.
struct KeyEndpoint {
    port: u16,
    response: Arc<Mutex<(&'static str, String)>>,
}

impl KeyEndpoint {
    fn start(status: &'static str, body: &Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let response = Arc::new(Mutex::new((status, body.to_string())));
        let given = Arc::clone(&response);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (status, body) = given.lock().unwrap().clone();
                // The client may have closed the connection.
                let _sent = respond(&stream.unwrap(), status, &body);
            }
        });
        Self { port, response }
    }

    fn set_response(&self, status: &'static str, body: &Value) {
        *self.response.lock().unwrap() = (status, body.to_string());
    }
}

fn respond(mut stream: &TcpStream, status: &str, body: &str) -> std::io::Result<()> {
    let mut head = BufReader::new(stream).lines();
    while head.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

#[test]
fn only_a_verified_address_identifies_a_person() {
    let (provider, folder) = (Provider::new(), tempfile::tempdir().unwrap());
    let setup = Setup::new(Backend::sqlite());
    let file = settings_file(&folder, &key_files(&folder, &[provider.pem()]));
    let server = setup.start_with(setup.settings_of(Some(file)));
    let jane = server.add_onward();
    let by = |claims: Value| server.client.with_token(provider.token(&claims));

    // jane@example.com is an administrator. Without a verified address the token has no rights.
    by(claims("jane@example.com", json!(true))).get("/api/v2/invitations").expect(200);
    for unverified in [json!(false), json!("true"), json!(1), Value::Null] {
        by(claims("jane@example.com", unverified.clone())).get("/api/v2/invitations").expect(403);
    }

    // A person unknown to Usher accepts with a verified address and becomes a member.
    let created = jane
        .post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"]))
        .expect(200)
        .json();
    let accept = json!({ "invitation_id": created["secure_id"] });
    by(claims("joe@example.com", json!(false))).post("/api/v2/accept-invitation", &accept).expect(403);
    by(claims("eve@example.com", json!(true))).post("/api/v2/accept-invitation", &accept).expect(403);
    let joe = by(claims("joe@example.com", json!(true)));
    joe.get("/api/v2/invitations").expect(403);
    joe.post("/api/v2/accept-invitation", &accept).expect(200);
    joe.get("/api/v2/invitations").expect(200);

    let mut foreign = claims("jane@example.com", json!(true));
    foreign["aud"] = json!("another service");
    by(foreign).get("/api/v2/invitations").expect(401);
}

/// The key belongs to the verified address, before and after its person is created.
#[test]
fn a_new_person_accepts_once_and_a_repeated_request_is_replayed() {
    let (provider, folder) = (Provider::new(), tempfile::tempdir().unwrap());
    let setup = Setup::new(Backend::sqlite());
    let file = settings_file(&folder, &key_files(&folder, &[provider.pem()]));
    let server = setup.start_with(setup.settings_of(Some(file)));
    let created = server
        .add_onward()
        .post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"]));
    let accept = json!({ "invitation_id": created.expect(200).json()["secure_id"] });
    let by = |email: &str| {
        let client = server.client.with_token(provider.token(&claims(email, json!(true))));
        let request = client.request(reqwest::Method::POST, "/api/v2/accept-invitation");
        send(request.header("Idempotency-Key", "acceptance").body(accept.to_string()))
    };
    let first = by("joe@example.com").expect(200);
    let again = by("joe@example.com").expect(200);
    let replayed = "idempotency-replayed";
    assert_eq!((first.header(replayed), again.header(replayed)), ("", "true"));
    assert_eq!(first.body, again.body);
    by("eve@example.com").expect(404);
}

/// Old and new key can be in two files or in one, until the old one is removed.
#[test]
fn keys_in_files_can_be_rotated() {
    let (old, new, third) = (Provider::new(), Provider::new(), Provider::new());
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::new(Backend::sqlite());
    setup.start().add_onward();
    let jane = claims("jane@example.com", json!(true));
    for (files, expected) in [
        (vec![old.pem()], [200, 401, 401]),
        (vec![old.pem(), new.pem()], [200, 200, 401]),
        (vec![old.pem() + &new.pem()], [200, 200, 401]),
        (vec![new.pem()], [401, 200, 401]),
    ] {
        let file = settings_file(&folder, &key_files(&folder, &files));
        let server = setup.start_with(setup.settings_of(Some(file)));
        for (key, status) in [&old, &new, &third].into_iter().zip(expected) {
            for token in [key.token(&jane), key.token_of("2024-03", &jane)] {
                server.client.with_token(token).get("/api/v2/invitations").expect(status);
            }
        }
    }
}

#[test]
fn keys_are_fetched_from_the_providers_url() {
    let (provider, stranger) = (Provider::new(), Provider::new());
    let folder = tempfile::tempdir().unwrap();
    let endpoint = KeyEndpoint::start("200 OK", &json!({ "keys": [provider.jwk("k1")] }));
    let setup = Setup::new(Backend::sqlite());
    for host in ["127.0.0.1", "idp.localhost"] {
        let url = format!("jwks_url = \"http://{host}:{}/keys\"", endpoint.port);
        let server = setup.start_with(setup.settings_of(Some(settings_file(&folder, &url))));
        if host == "127.0.0.1" {
            server.add_onward();
        }
        let status = |token: String, expected: u16| {
            server.client.with_token(token).get("/api/v2/invitations").expect(expected);
        };
        let jane = claims("jane@example.com", json!(true));
        status(provider.token_of("k1", &jane), 200);
        status(provider.token(&jane), 200);
        status(provider.token_of("k1", &claims("jane@example.com", json!(false))), 403);
        status(provider.token_of("k2", &jane), 401);
        status(stranger.token_of("k1", &jane), 401);
    }
}

/// A token cannot be verified until its issuer's keys have been fetched, and that is not the caller's fault.
#[test]
fn tokens_of_an_unreachable_provider_are_rejected_with_503() {
    let (provider, folder) = (Provider::new(), tempfile::tempdir().unwrap());
    let endpoint = KeyEndpoint::start("500 Internal Server Error", &json!({ "keys": [provider.jwk("k1")] }));
    let url = format!("jwks_url = \"http://127.0.0.1:{}/keys\"", endpoint.port);
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start_with(setup.settings_of(Some(settings_file(&folder, &url))));
    let own = server.add_onward();
    let jane = server.client.with_token(provider.token_of("k1", &claims("jane@example.com", json!(true))));

    for wait in ["30", "11"] {
        let response = jane.get("/api/v2/invitations").expect(503);
        let (_, error, message) = response.problem();
        assert_eq!(error, "ServiceUnavailable");
        assert!(message.contains("try again"), "{message}");
        assert_eq!(response.header("Retry-After"), wait, "the real wait");
        setup.advance(TimeDelta::seconds(19));
    }
    own.get("/api/v2/invitations").expect(200);

    endpoint.set_response("200 OK", &json!({ "keys": [provider.jwk("k1")] }));
    setup.advance(TimeDelta::minutes(1));
    jane.get("/api/v2/invitations").expect(200);
}

/// Two issuers: one for everyone, one for one account and one domain.
#[test]
fn an_issuer_gives_rights_within_its_bounds_only() {
    let (home, partner, folder) = (Provider::new(), Provider::new(), tempfile::tempdir().unwrap());
    let key = |name: &str, provider: &Provider| {
        format!("key_files = [{:?}]\n", write(&folder, name, &provider.pem()).display().to_string())
    };
    let text = format!(
        "[[auth.issuers]]\nissuer = \"https://login.example.com/\"\naudience = \"usher\"\nhome = true\n{}\
         [[auth.issuers]]\nissuer = \"https://partner.example/\"\naudience = [\"web\", \"mobile\"]\n\
         accounts = [\"onward\"]\nemail_domains = [\"partner.example\"]\nemail_trust = \"always\"\n\
         email_claim = [\"email\", \"/emails/0\"]\n{}",
        key("home.pem", &home),
        key("partner.pem", &partner)
    );
    let setup = Setup::new(Backend::sqlite());
    let file = write(&folder, "usher.toml", &text);
    let server = setup.start_with(setup.settings_of(Some(file)));
    let jane = server.add_onward();
    let of_partner = |email: &str, audience: Value| {
        let claims = json!({
            "iss": "https://partner.example/", "aud": audience, "sub": "7", "exp": 1_710_946_165 + 3600,
            "emails": [email],
        });
        server.client.with_token(partner.token(&claims))
    };

    server
        .client
        .with_token(home.token(&claims("jane@example.com", json!(true))))
        .get("/api/v2/invitations")
        .expect(200);
    let response = of_partner("jane@example.com", json!("web")).get("/api/v2/invitations").expect(401);
    assert!(response.problem().2.contains("is not configured for the domain"), "{response:?}");

    let invite = |email: &str| {
        let created =
            jane.post("/api/v2/invitations", &invitation_body("Ann", email, &["Auditor"])).expect(200);
        json!({ "invitation_id": created.json()["secure_id"] })
    };
    let accept = invite("ann@partner.example");
    let ann = |audience| of_partner("ann@partner.example", audience);
    ann(json!("another")).post("/api/v2/accept-invitation", &accept).expect(401);
    ann(json!("web")).post("/api/v2/accept-invitation", &accept).expect(200);
    for audience in [json!("web"), json!("mobile"), json!(["account", "mobile"])] {
        ann(audience).get("/api/v2/invitations").expect(200);
    }
}

/// People in many groups have long tokens.
#[test]
fn tokens_of_16_kib_are_accepted() {
    let (provider, folder) = (Provider::new(), tempfile::tempdir().unwrap());
    let setup = Setup::new(Backend::sqlite());
    let file = settings_file(&folder, &key_files(&folder, &[provider.pem()]));
    let server = setup.start_with(setup.settings_of(Some(file)));
    server.add_onward();
    let with_groups = |count: usize| {
        let mut claims = claims("jane@example.com", json!(true));
        claims["groups"] = (0..count).map(|number| format!("/departments/team-{number:04}")).collect();
        provider.token(&claims)
    };
    for (count, octets, status) in [(440, 15_000..16_385, 200), (520, 16_385..20_000, 401)] {
        let token = with_groups(count);
        assert!(octets.contains(&token.len()), "{}", token.len());
        server.client.with_token(token).get("/api/v2/invitations").expect(status);
    }
}

/// The caller and the operator learn the real reason, the operator with the issuer and without the token.
#[test]
fn a_rejection_names_its_reason() {
    let (provider, folder) = (Provider::new(), tempfile::tempdir().unwrap());
    let setup = Setup::new(Backend::sqlite());
    let file = settings_file(&folder, &key_files(&folder, &[provider.pem()]));
    let server = setup.start_with(setup.settings_of(Some(file)));
    server.add_onward();
    let with = |name: &str, value: Value| {
        let mut claims = claims("jane@example.com", json!(true));
        claims[name] = value;
        provider.token(&claims)
    };
    for (token, reason) in [
        (with("iss", json!("https://other.example.com/")), "the token's issuer is not configured"),
        (with("iss", json!("https://login.example.com")), "the token's issuer is not configured"),
        (with("aud", json!("another")), "the token is meant for another audience"),
        (
            with("exp", json!(1_710_946_165_i64 + 50 * 366 * 24 * 3600)),
            "the token expires later than tokens of its issuer may",
        ),
        (Provider::new().token(&claims("jane@example.com", json!(true))), "the token's signature is wrong"),
    ] {
        for path in ["/api/v2/invitations", "/invitations"] {
            let response = server.client.with_token(&token).get(path).expect(401);
            assert!(response.body.contains(reason), "{path}: {response:?}");
            assert!(!response.header("WWW-Authenticate").is_empty(), "{path}");
        }
    }
}
