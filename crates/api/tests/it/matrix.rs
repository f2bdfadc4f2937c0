//! Every operation × every kind of caller. A test compares the rows with the routes, so each route needs a
//! row.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use usher_api::routes;
use usher_domain::access_token::{AccessTokenText, Scope};
use usher_http_kit::endpoint::Endpoint;

use crate::{
    harness::{
        Backend, Client, Response, Setup,
        fastly::{document, listed, rejection},
        invitation_body, on_both_databases, send,
    },
    issuers::{Provider, claims, key_files, settings_file},
};

/// The status of an operation for each caller.
struct Row {
    method: &'static str,
    path: &'static str,
    body: fn(&Fixture) -> Value,
    anonymous: u16,
    /// For a member without the permission.
    powerless: u16,
    /// For an administrator of another account.
    foreign: u16,
    /// Whether an invalid token is rejected. Public operations ignore tokens.
    reads_tokens: bool,
}

struct Fixture {
    id: i64,
    public_id: String,
    secure_id: String,
}

impl Fixture {
    /// The path of a route for the invitation, with a code whose key is wrong.
    fn path(&self, route: &str) -> String {
        let path = route.replace("{id}", &self.id.to_string()).replace("{secure_id}", &self.secure_id);
        path.replace("{invitation_id}", &self.public_id).replace("{code}", &format!("{}.0", self.secure_id))
    }
}

fn empty_body(_: &Fixture) -> Value {
    json!({})
}

fn invitation(_: &Fixture) -> Value {
    invitation_body("Ann", "ann@example.com", &["Auditor"])
}

fn invitation_of_fastly(_: &Fixture) -> Value {
    document("bea@example.com", "user")
}

fn link(fixture: &Fixture) -> Value {
    json!({ "invitation_id": fixture.secure_id })
}

fn login(_: &Fixture) -> Value {
    json!({ "email": "nobody@example.com", "password": "not a password" })
}

const fn row(method: &'static str, path: &'static str, body: fn(&Fixture) -> Value) -> Row {
    Row { method, path, body, anonymous: 401, powerless: 403, foreign: 404, reads_tokens: true }
}

const fn public(method: &'static str, path: &'static str, response: u16) -> Row {
    Row {
        method,
        path,
        body: empty_body,
        anonymous: response,
        powerless: response,
        foreign: response,
        reads_tokens: false,
    }
}

const ROWS: &[Row] = &[
    Row { foreign: 200, ..row("GET", "/api/v2/invitations", empty_body) },
    Row { foreign: 200, ..row("POST", "/api/v2/invitations", invitation) },
    row("GET", "/api/v2/invitations/{id}", empty_body),
    row("DELETE", "/api/v2/invitations/{id}", empty_body),
    row("POST", "/api/v2/invitations/{id}", empty_body),
    Row { foreign: 403, ..row("POST", "/api/v2/accept-invitation", link) },
    Row { foreign: 403, ..row("POST", "/api/v2/reject-invitation", link) },
    public("GET", "/api/v2/invitations/{secure_id}/summary", 200),
    Row { body: login, ..public("POST", "/api/v2/login", 401) },
    Row { foreign: 200, ..row("GET", "/invitations", empty_body) },
    Row { foreign: 200, ..row("POST", "/invitations", invitation_of_fastly) },
    row("DELETE", "/invitations/{invitation_id}", empty_body),
    // Newcomers accept without a token.
    Row { anonymous: 404, foreign: 403, ..row("PUT", "/invitation/accept/{code}", empty_body) },
    Row { powerless: 200, foreign: 200, ..row("GET", "/current_user", empty_body) },
    Row { powerless: 200, foreign: 200, ..row("GET", "/service-authorizations", empty_body) },
    public("GET", "/accept-invitation/{secure_id}", 404),
    public("POST", "/accept-invitation/{secure_id}", 404),
    public("GET", "/accept-invitation/", 404),
    public("POST", "/accept-invitation/", 404),
    public("GET", "/accept-invitation", 404),
    public("POST", "/accept-invitation", 404),
    public("GET", "/assets/usher.css", 200),
    public("GET", "/health/live", 200),
    public("GET", "/health/ready", 200),
    // The development mailbox shows working links, so production does not have it.
    public("GET", "/dev/mailbox", 404),
    public("GET", "/dev/mailbox/", 404),
    public("GET", "/dev/mailbox/{name}", 404),
    public("GET", "/dev/mailbox/{name}/html", 404),
];

#[test]
fn every_route_has_a_row() {
    let name =
        |(prefix, endpoint): &(&str, Endpoint)| format!("{} {prefix}{}", endpoint.method, endpoint.path);
    let mut routes: Vec<String> = routes::endpoints().iter().map(name).collect();
    let mut rows: Vec<String> = ROWS.iter().map(|row| format!("{} {}", row.method, row.path)).collect();
    routes.sort();
    rows.sort();
    assert_eq!(routes, rows);
}

on_both_databases!(each_operation_has_its_status_for_each_caller);

fn each_operation_has_its_status_for_each_caller(backend: Backend) {
    let setup = Setup::new(backend);
    let (provider, folder) = (Provider::new(), tempfile::tempdir().unwrap());
    let file = settings_file(&folder, &key_files(&folder, &[provider.pem()]));
    let server = setup.start_with(setup.settings_of(Some(file)));
    let jane = server.add_onward();
    server.add_member("onward", "usr@example.com", &["user"], None);
    server.add_account("upside", "Upside");
    server.add_member("upside", "eve@example.com", &["GlobalAdmin"], None);
    let created = jane
        .post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"]))
        .expect(200)
        .json();
    let fixture = Fixture {
        id: created["id"].as_i64().unwrap(),
        public_id: listed(&jane)[0]["id"].as_str().unwrap().to_owned(),
        secure_id: created["secure_id"].as_str().unwrap().to_owned(),
    };
    let before = jane.get("/api/v2/invitations").body;
    let powerless = server.client_of("onward", "usr@example.com");
    let foreign = server.client_of("upside", "eve@example.com");
    let expired = server.token(Some("onward"), "jane@example.com");
    for row in ROWS {
        let response = assert_status(row, &fixture, &server.client, row.anonymous, "anonymous");
        if row.anonymous == 401 {
            // No error, because no token was sent (RFC 6750, section 3).
            assert_eq!(response.header("www-authenticate"), r#"Bearer realm="usher""#, "{}", row.path);
        }
        assert_status(row, &fixture, &powerless, row.powerless, "powerless");
        assert_status(row, &fixture, &foreign, row.foreign, "foreign");
    }
    assert_eq!(jane.get("/api/v2/invitations").body, before, "no caller changed the invitations");

    let mut tokens = bad_tokens(&server.token(Some("onward"), "jane@example.com"));
    tokens.push(("expired", expired));
    let [trusted, others @ ..] = tokens_of(&provider);
    server.client.with_token(trusted).get("/api/v2/invitations").expect(200);
    tokens.extend(["wrong audience", "wrong type"].into_iter().zip(others));
    let lifetime = Some(TimeDelta::hours(1));
    tokens.push((
        "expired access token",
        server.add_access_token("onward", "jane@example.com", Scope::Global, lifetime).0,
    ));
    tokens.push((
        "unknown access token",
        AccessTokenText::generate(server.scene.env.entropy.as_ref()).to_string(),
    ));
    setup.advance(TimeDelta::hours(2));
    for (what, token) in tokens {
        // Each round has a failed login.
        setup.advance(TimeDelta::minutes(1));
        let caller = server.client.with_token(&token);
        for row in ROWS {
            let status = if row.reads_tokens { 401 } else { row.anonymous };
            let response = assert_status(row, &fixture, &caller, status, what);
            if row.reads_tokens {
                let said = if what == "expired" { "the token has expired" } else { "the token is not valid" };
                let error = format!(r#"error="invalid_token", error_description="{said}""#);
                let challenge = format!(r#"Bearer realm="usher", {error}"#);
                assert_eq!(response.header("www-authenticate"), challenge, "{what}: {}", row.path);
            }
        }
    }
}

#[track_caller]
fn assert_status(row: &Row, fixture: &Fixture, caller: &Client, status: u16, who: &str) -> Response {
    let method = Method::from_bytes(row.method.as_bytes()).unwrap();
    let request = caller.request(method.clone(), &fixture.path(row.path));
    let request = match Surface::of(row.path) {
        _ if method != Method::POST && method != Method::PUT => request,
        Surface::Page => request.form(&[("action", "decline")]),
        Surface::Landscape | Surface::Fastly => request.body((row.body)(fixture).to_string()),
    };
    let response = send(request);
    assert_eq!(response.status.as_u16(), status, "{who}: {} {}: {}", row.method, row.path, response.body);
    if status == 401 {
        Surface::of(row.path).assert_unauthorized(&response);
    }
    response
}

/// The API or page that a path belongs to.
enum Surface {
    Landscape,
    Fastly,
    Page,
}

impl Surface {
    fn of(path: &str) -> Self {
        let fastly = ["/invitation", "/current_user", "/service-authorizations"];
        if path.starts_with("/api/v2/") {
            Self::Landscape
        } else if fastly.iter().any(|start| path.starts_with(start)) {
            Self::Fastly
        } else {
            Self::Page
        }
    }

    /// Asserts the body of a 401 in the dialect's form.
    #[track_caller]
    fn assert_unauthorized(&self, response: &Response) {
        match self {
            Self::Landscape => assert_eq!(response.problem().1, "Unauthorized"),
            Self::Fastly => assert_eq!(rejection(response).1, "Provided credentials are missing or invalid"),
            Self::Page => panic!("pages take no tokens: {response:?}"),
        }
    }
}

/// Tokens of the provider for the administrator of onward: a good one, one for another audience, and one of another type.
fn tokens_of(provider: &Provider) -> [String; 3] {
    let mut good = claims("jane@example.com", true.into());
    good["exp"] = (good["exp"].as_i64().unwrap() + 4 * 3600).into();
    let mut elsewhere = good.clone();
    elsewhere["aud"] = "another".into();
    let proof = json!({ "alg": "EdDSA", "typ": "dpop+jwt" });
    [provider.token(&good), provider.token(&elsewhere), provider.token_with(&proof, &good)]
}

/// Garbage, and tokens with a wrong algorithm or signature.
fn bad_tokens(good: &str) -> Vec<(&'static str, String)> {
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (_, claims) = signed.split_once('.').unwrap();
    // {"alg":"none","typ":"JWT"} and {"alg":"RS256","typ":"JWT"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    let rs256 = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9";
    let flipped = if signature.starts_with('A') { 'B' } else { 'A' };
    vec![
        ("garbage", "garbage".to_owned()),
        ("dots", "a.b.c".to_owned()),
        ("no algorithm", format!("{none}.{claims}.")),
        ("wrong algorithm", format!("{rs256}.{claims}.{signature}")),
        ("wrong signature", format!("{signed}.{flipped}{}", &signature[1..])),
        ("no signature", format!("{signed}.")),
    ]
}

#[test]
fn authorization_headers_without_a_bearer_token_are_rejected() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_onward();
    let token = server.token(Some("onward"), "jane@example.com");
    let get = |value: &str| {
        send(server.client.request(Method::GET, "/api/v2/invitations").header("Authorization", value))
            .status
            .as_u16()
    };
    assert_eq!(get(&format!("bearer  {token} ")), 200);
    for bad in ["", "Bearer", "Bearer ", &format!("Basic {token}"), &token, &format!("Bearer{token}")] {
        assert_eq!(get(bad), 401, "{bad:?}");
    }
    let twice = server.client.with_token(&token).request(Method::GET, "/api/v2/invitations");
    assert_eq!(send(twice.header("Authorization", "Bearer x")).status.as_u16(), 401);
}

#[test]
fn rights_end_with_the_membership_although_the_token_is_valid() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    jane.get("/api/v2/invitations").expect(200);
    server.remove_member("onward", "jane@example.com");
    jane.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"])).expect(403);
    // Reads may use cached rights for 10 ms: `docs/OPERATIONS.md`.
    setup.advance(TimeDelta::milliseconds(10));
    jane.get("/api/v2/invitations").expect(403);
}
