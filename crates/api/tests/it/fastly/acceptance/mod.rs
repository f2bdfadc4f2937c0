//! Acceptance with the code of the mail, through Fastly's operation.

mod ends;
mod people;

use std::cell::RefCell;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{
    Backend, Client, InvitationMail, Postbox, Response, Server, Setup,
    fastly::{create, document, limited, listed, rejection},
    invitation_body, on_both_databases,
};

on_both_databases!(a_newcomer_gets_the_roles_and_services_of_the_invitation, an_unknown_code_is_not_found);

/// A server with a relay, the account onward and its administrator.
struct Fixture {
    // The first field is dropped first: a server that stops ends its sweep's lease, and needs the database for that.
    server: Server,
    postbox: Postbox,
    setup: Setup,
}

impl Fixture {
    fn new(backend: Backend) -> Self {
        Self::with(backend, |setup| setup)
    }

    fn with(backend: Backend, configure: impl FnOnce(Setup) -> Setup) -> Self {
        let postbox = Postbox::secure();
        let setup = configure(Setup::delivering(backend, &postbox));
        let server = setup.start();
        server.add_onward();
        Self { server, postbox, setup }
    }

    /// The administrator, with a new token in Fastly's header.
    fn jane(&self) -> Client {
        self.server.client.with_key(&self.server.token(Some("onward"), "jane@example.com"))
    }

    /// The administrator, with a new token in Landscape's header.
    fn jane_of_landscape(&self) -> Client {
        self.server.client.with_token(self.server.token(Some("onward"), "jane@example.com"))
    }

    /// A client of a new member of another account, without a password.
    fn member_elsewhere(&self, email: &str) -> Client {
        self.server.add_account("elsewhere", "Elsewhere");
        self.server.add_member("elsewhere", email, &["user"], None);
        self.server.client.with_key(&self.server.token(None, email))
    }

    fn invite(&self, document: &Value) -> InvitationMail {
        self.mail_after(|| create(&self.jane(), document))
    }

    fn invite_by_landscape(&self, email: &str) -> InvitationMail {
        let body = invitation_body("Joe", email, &["Auditor"]);
        self.mail_after(|| self.jane_of_landscape().post("/api/v2/invitations", &body))
    }

    /// Resends the only invitation.
    fn resend(&self) -> InvitationMail {
        let jane = self.jane_of_landscape();
        let id = jane.get("/api/v2/invitations").json()["results"][0]["id"].clone();
        self.mail_after(|| jane.post(&format!("/api/v2/invitations/{id}"), &json!({})))
    }

    fn mail_after(&self, invite: impl FnOnce() -> Response) -> InvitationMail {
        let arrived = self.postbox.count();
        invite().expect(200);
        self.postbox.newest_of(arrived + 1)
    }

    /// Accepts as a newcomer, without a token.
    fn accept(&self, code: &str) -> Response {
        put(&self.server.client, code, &newcomer())
    }
}

const PASSWORD: &str = "plum drizzle kettle";

fn newcomer() -> Value {
    json!({ "marketing_opt_in": false, "name": "Joe Wright", "password": PASSWORD })
}

fn put(client: &Client, code: &str, body: &Value) -> Response {
    client.put(&format!("/invitation/accept/{code}"), body)
}

/// Status and `msg` of a rejection.
#[track_caller]
fn status_and_msg(response: &Response) -> (u16, String) {
    let (status, msg, _) = rejection(response);
    (status, msg)
}

#[track_caller]
fn assert_done(response: &Response) {
    assert_eq!(
        (response.status.as_u16(), response.body.as_str()),
        (200, r#"{"status":"ok"}"#),
        "{response:?}"
    );
    assert_eq!(response.header("content-type"), "application/json");
    assert_eq!(response.header("cache-control"), "no-store");
}

fn limit_headers(response: &Response) -> [Option<u64>; 2] {
    ["fastly-ratelimit-remaining", "fastly-ratelimit-reset"]
        .map(|name| response.headers.get(name).map(|value| value.to_str().unwrap().parse().unwrap()))
}

fn a_newcomer_gets_the_roles_and_services_of_the_invitation(backend: Backend) {
    let fixture = Fixture::new(backend);
    let services = [("B", "purge_all"), ("A", "read_only"), ("C", "full")];
    let mail = fixture.invite(&limited("joe@example.com", "engineer", &services));
    let done = fixture.accept(mail.code());
    assert_done(&done);
    assert_eq!(limit_headers(&done), [None, None], "a newcomer's write is not counted");
    assert_eq!(listed(&fixture.jane()), Vec::<Value>::new());
    assert_eq!(status_and_msg(&fixture.accept(mail.code())), (410, "Gone".to_owned()));

    let login = json!({ "email": "joe@example.com", "password": PASSWORD });
    let login = fixture.server.client.post("/api/v2/login", &login).expect(200).json();
    let joe = fixture.server.client.with_key(login["token"].as_str().unwrap());
    let user = joe.get("/current_user").expect(200);
    assert_eq!(user.header("content-type"), "application/json");
    let user = user.json();
    assert_snapshot!(without_ids(&user), @r#"{"created_at":"2024-03-20T14:49:25Z","customer_id":"ID","deleted_at":null,"id":"ID","limit_services":true,"locked":false,"login":"joe@example.com","name":"Joe Wright","require_new_password":false,"role":"engineer","roles":["engineer"],"two_factor_auth_enabled":false,"two_factor_setup_required":false,"updated_at":"2024-03-20T14:49:25Z"}"#);
    let jane = fixture.jane().get("/current_user").expect(200).json();
    assert_eq!(user["customer_id"], jane["customer_id"]);
    assert_ne!(user["id"], jane["id"]);

    let page = |number: u32| {
        let path = format!("/service-authorizations?page%5Bsize%5D=2&page%5Bnumber%5D={number}");
        let page = joe.get(&path).expect(200);
        assert_eq!(page.header("content-type"), "application/vnd.api+json");
        page.json()
    };
    let (first, second) = (page(1), page(2));
    assert_snapshot!(without_ids(&first), @r#"{"data":[{"attributes":{"created_at":"2024-03-20T14:49:25Z","deleted_at":null,"permission":"read_only","updated_at":"2024-03-20T14:49:25Z"},"id":"ID","relationships":{"service":{"data":{"id":"A","type":"service"}},"user":{"data":{"id":"ID","type":"user"}}},"type":"service_authorization"},{"attributes":{"created_at":"2024-03-20T14:49:25Z","deleted_at":null,"permission":"purge_all","updated_at":"2024-03-20T14:49:25Z"},"id":"ID","relationships":{"service":{"data":{"id":"B","type":"service"}},"user":{"data":{"id":"ID","type":"user"}}},"type":"service_authorization"}],"links":{"last":"https://usher.example.com/service-authorizations?page%5Bnumber%5D=2&page%5Bsize%5D=2","next":"https://usher.example.com/service-authorizations?page%5Bnumber%5D=2&page%5Bsize%5D=2"},"meta":{"current_page":1,"per_page":2,"record_count":3,"total_pages":2}}"#);
    assert_snapshot!(without_ids(&second), @r#"{"data":[{"attributes":{"created_at":"2024-03-20T14:49:25Z","deleted_at":null,"permission":"full","updated_at":"2024-03-20T14:49:25Z"},"id":"ID","relationships":{"service":{"data":{"id":"C","type":"service"}},"user":{"data":{"id":"ID","type":"user"}}},"type":"service_authorization"}],"links":{"first":"https://usher.example.com/service-authorizations?page%5Bnumber%5D=1&page%5Bsize%5D=2","last":"https://usher.example.com/service-authorizations?page%5Bnumber%5D=2&page%5Bsize%5D=2","prev":"https://usher.example.com/service-authorizations?page%5Bnumber%5D=1&page%5Bsize%5D=2"},"meta":{"current_page":2,"per_page":2,"record_count":3,"total_pages":2}}"#);
    for item in first["data"].as_array().unwrap() {
        assert_eq!(item["relationships"]["user"]["data"]["id"], user["id"]);
    }
    // A member who is limited to services may not see invitations.
    joe.get("/invitations").expect(403);
}

/// The body with `ID` for each random id: the worker draws randomness as well, in no fixed order.
fn without_ids(body: &Value) -> String {
    let text = body.to_string();
    let is_id = |part: &str| part.len() == 22 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let parts = text.split('"').map(|part| if is_id(part) { "ID" } else { part });
    parts.collect::<Vec<_>>().join("\"")
}

fn an_unknown_code_is_not_found(backend: Backend) {
    let fixture = Fixture::new(backend);
    let mail = fixture.invite(&document("joe@example.com", "user"));
    let other = fixture.invite(&document("ann@example.com", "user"));
    let (code, key) = (mail.code(), mail.key());
    let wrong = [
        format!("{}.{key}", "x".repeat(30)),
        format!("{}.{}", mail.secure_id(), other.key()),
        format!("{}.0.{}", mail.secure_id(), "A".repeat(key.len() - 2)),
        mail.secure_id().to_owned(),
        key.clone(),
        code[..code.len() - 1].to_owned(),
        code[1..].to_owned(),
        format!("{code}A"),
        format!("{code}.{key}"),
        "x".to_owned(),
        ".".repeat(3),
        "%00".to_owned(),
    ];
    for (n, wrong) in wrong.iter().enumerate() {
        // The code is checked before the body.
        for body in [newcomer(), json!({}), json!([])] {
            let response = put(&fixture.server.client, wrong, &body);
            assert_eq!(response.status.as_u16(), 404, "{n}");
            assert_snapshot!(response.body, @r#"{"msg":"Record not found","detail":"there is no such invitation"}"#);
        }
    }
    assert_eq!(listed(&fixture.jane()).len(), 2);
    assert_done(&fixture.accept(code));
}

#[test]
fn an_invalid_acceptance_leaves_the_invitation_open() {
    let fixture = Fixture::new(Backend::sqlite());
    let mail = fixture.invite(&document("joe@example.com", "user"));
    let name = "Joe Wright";
    let cases: [(Value, &[&str]); 7] = [
        (json!({ "name": name, "password": "short" }), &["password"]),
        (json!({ "name": name }), &["password"]),
        (json!({ "name": name, "password": 12_345_678 }), &["password"]),
        (json!({ "password": PASSWORD }), &["name"]),
        (json!({ "name": null, "password": PASSWORD }), &["name"]),
        (json!({ "name": " \n", "password": PASSWORD }), &["name"]),
        (json!({}), &["name", "password"]),
    ];
    for (body, fields) in cases {
        let (status, msg, detail) = rejection(&put(&fixture.server.client, mail.code(), &body));
        assert_eq!((status, msg.as_str()), (400, "Bad request"), "{body}");
        assert!(fields.iter().all(|field| detail.contains(field)), "{body}: {detail}");
        assert!(!detail.contains(PASSWORD) && !detail.contains("12345678"), "{detail}");
    }
    for body in [json!([]), json!("x"), Value::Null] {
        put(&fixture.server.client, mail.code(), &body).expect(400);
    }
    assert_done(&fixture.accept(mail.code()));
}

/// A code is as secret as a link, and clients log responses.
#[test]
fn no_response_contains_the_code() {
    let fixture = Fixture::new(Backend::sqlite());
    let responses = RefCell::new(Vec::new());
    let note =
        |response: Response| responses.borrow_mut().push(format!("{:?} {}", response.headers, response.body));
    note(create(&fixture.jane(), &document("ann@example.com", "user")));
    let mail = fixture.invite(&document("joe@example.com", "user"));
    let (client, code) = (&fixture.server.client, mail.code());
    let path = format!("/invitation/accept/{code}");
    note(put(client, code, &json!({})));
    note(put(client, &format!("{code}A"), &newcomer()));
    note(put(&client.with_key("garbage"), code, &newcomer()));
    note(client.get(&path));
    note(client.get(&format!("{path}/more")));
    note(client.put(&format!("/invitations/{code}"), &newcomer()));
    note(client.delete(&format!("/invitations/{code}")));
    note(fixture.jane().get("/invitations"));
    note(fixture.jane_of_landscape().get("/api/v2/invitations"));
    note(put(&fixture.jane(), code, &Value::Null));
    note(fixture.accept(code));
    note(fixture.accept(code));
    note(fixture.jane().get("/invitations"));
    let (_, mac) = code.rsplit_once('.').unwrap();
    for response in responses.into_inner() {
        assert!(!response.contains(mac), "{response}");
    }
}
