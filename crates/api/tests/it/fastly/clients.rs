//! Fastly's own clients, unchanged. The client from npm returns nearly the whole response; the client from `PyPI`
//! validates responses most strictly.

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_testbed::{ClientAnswer, OutsideClient, TestbedError};

use super::document;
use crate::harness::{Backend, Server, Setup, on_both_databases};

on_both_databases!(
    services_are_linked_in_the_list,
    pages_hold_the_newest_first,
    an_address_is_invited_once,
    a_deleted_invitation_is_not_found,
    members_cannot_grant_roles_above_their_own,
    invalid_tokens_are_rejected_by_every_operation,
    the_current_user_names_the_customer,
);

type Outcome = Result<ClientAnswer, TestbedError>;

fn javascript(server: &Server, email: &str) -> OutsideClient {
    OutsideClient::javascript(server.client.base(), &server.token(Some("onward"), email)).unwrap()
}

fn python(server: &Server, email: &str) -> OutsideClient {
    OutsideClient::python(server.client.base(), &server.token(Some("onward"), email)).unwrap()
}

/// Asserts a success and returns its response.
#[track_caller]
fn accepted(outcome: Outcome, status: u16) -> ClientAnswer {
    let response = outcome.unwrap();
    assert_eq!((response.ok, response.status), (true, Some(status)), "{response:?}");
    if status == 200 {
        assert_eq!(response.headers["content-type"], "application/vnd.api+json", "{response:?}");
    }
    response
}

/// Asserts a rejection and returns its response. Two of Fastly's clients parse it by its content type alone.
#[track_caller]
fn rejected(outcome: Outcome, status: u16) -> ClientAnswer {
    let response = outcome.unwrap();
    assert_eq!((response.ok, response.status), (false, Some(status)), "{response:?}");
    assert_eq!(response.headers["content-type"], "application/json", "{response:?}");
    assert!(response.json()["msg"].is_string(), "{response:?}");
    response
}

/// An engineer for two services, in the form of the JavaScript client's documentation.
fn limited(email: &str) -> Value {
    let service = |id: &str, permission: &str| {
        json!({
            "type": "service_invitation",
            "attributes": { "permission": permission },
            "relationships": { "service": { "data": { "type": "service", "id": id } } },
        })
    };
    json!({ "data": {
        "type": "invitation",
        "attributes": { "email": email, "limit_services": true, "role": "engineer" },
        "relationships": { "service_invitations": { "data": [
            service("5nWq8ZrT1yKc4mVb7XdLp2", "purge_all"),
            service("6nWq8ZrT1yKc4mVb7XdLp2", "read_only"),
        ] } },
    } })
}

/// An engineer for one service, in the clients' typed models.
fn typed_limited(email: &str) -> Value {
    let service = json!({ "id": "5nWq8ZrT1yKc4mVb7XdLp2", "permission": "purge_select" });
    json!({ "email": email, "limit_services": true, "role": "engineer", "services": [service] })
}

/// The ids of an item's service invitations.
fn links(item: &Value) -> Vec<&str> {
    let linkage = item["relationships"]["service_invitations"]["data"].as_array().unwrap();
    assert!(linkage.iter().all(|link| link["type"] == "service_invitation"), "{item}");
    linkage.iter().map(|link| link["id"].as_str().unwrap()).collect()
}

fn emails(list: &ClientAnswer) -> Vec<String> {
    super::emails(&list.json())
}

fn services_are_linked_in_the_list(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let mut jane = javascript(&server, "jane@example.com");
    let reply = accepted(jane.create(&limited("joe@example.com")), 200);
    assert_eq!(reply.result["data"]["attributes"]["created_at"], "2024-03-20T14:49:25.000Z");
    let body = reply.json();
    let joe = &body["data"];
    assert_eq!(joe["type"], "invitation");
    let shown = ["email", "limit_services", "role", "status_code", "created_at"];
    let shown = shown.map(|name| &joe["attributes"][name]);
    assert_eq!(json!(shown), json!(["joe@example.com", true, "engineer", 1, "2024-03-20T14:49:25Z"]));
    // The Python client would validate a list here against the model of its request, and fail.
    assert_eq!(joe["relationships"].get("service_invitations"), None);

    setup.advance(TimeDelta::seconds(1));
    accepted(jane.create_typed(&typed_limited("ann@example.com")), 200);
    let reply = accepted(jane.list(None, None), 200);
    assert_eq!(emails(&reply), ["ann@example.com", "joe@example.com"]);
    let listed = &reply.result["data"];
    assert_eq!(listed[1]["id"], joe["id"]);
    assert_eq!(listed[1]["relationships"]["customer"], joe["relationships"]["customer"]);
    let mut ids = [links(&listed[0]), links(&listed[1])].concat();
    assert_eq!((links(&listed[0]).len(), ids.len()), (1, 3), "{listed}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3, "each has an id of its own: {ids:?}");
}

fn pages_hold_the_newest_first(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let mut jane = javascript(&server, "jane@example.com");
    let empty = accepted(jane.list(None, None), 200).json();
    assert_eq!((&empty["data"], &empty["meta"]["record_count"]), (&json!([]), &json!(0)));
    for number in 1..=5 {
        accepted(jane.create(&document(&format!("{number}@example.com"), "user")), 200);
        setup.advance(TimeDelta::seconds(1));
    }
    let link = |page: u32| {
        json!(format!("https://usher.example.com/invitations?page%5Bnumber%5D={page}&page%5Bsize%5D=2"))
    };
    let pages: [(u32, &[&str], Value, Value); 3] = [
        (1, &["5@example.com", "4@example.com"], Value::Null, link(2)),
        (2, &["3@example.com", "2@example.com"], link(1), link(3)),
        (3, &["1@example.com"], link(2), Value::Null),
    ];
    for (page, expected, prev, next) in pages {
        let reply = accepted(jane.list(Some(page), Some(2)), 200);
        assert_eq!(emails(&reply), expected);
        let body = reply.json();
        let meta = json!({ "current_page": page, "per_page": 2, "record_count": 5, "total_pages": 3 });
        assert_eq!(body["meta"], meta);
        // The link to the next page also has a cursor.
        let stated = body["links"]["next"].as_str().map(|next| next.split("&page%5Bafter").next());
        let stated = stated.map_or(Value::Null, |number| json!(number));
        let around = [&body["links"]["prev"], &stated, &body["links"]["last"]];
        assert_eq!(around, [&prev, &next, &link(3)], "page {page}");
    }
    let beyond = accepted(jane.list(Some(4), Some(2)), 200).json();
    assert_eq!((&beyond["data"], &beyond["links"]["next"]), (&json!([]), &Value::Null));
    assert_eq!((&beyond["meta"]["record_count"], &beyond["meta"]["total_pages"]), (&json!(5), &json!(3)));
}

fn an_address_is_invited_once(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let mut jane = javascript(&server, "jane@example.com");
    accepted(jane.create(&document("joe@example.com", "user")), 200);
    let again = rejected(jane.create(&limited("joe@example.com")), 409);
    assert_eq!(again.json()["msg"], "Duplicate record");
    assert_eq!(emails(&accepted(jane.list(None, None), 200)), ["joe@example.com"]);
}

fn a_deleted_invitation_is_not_found(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let mut jane = javascript(&server, "jane@example.com");
    let created = accepted(jane.create(&document("joe@example.com", "user")), 200);
    let id = created.result["data"]["id"].as_str().unwrap();
    let gone = accepted(jane.delete(id), 204);
    assert_eq!((gone.raw.as_str(), gone.headers.get("content-type")), ("", None));
    let missing = rejected(jane.delete(id), 404).json();
    let detail = format!("Cannot find invitation '{id}'");
    assert_eq!(missing, json!({ "msg": "Record not found", "detail": detail }));
    rejected(jane.delete("a/b c"), 404);
    assert!(emails(&accepted(jane.list(None, None), 200)).is_empty());
}

fn members_cannot_grant_roles_above_their_own(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    for role in ["user", "billing"] {
        let email = format!("{role}@example.com");
        server.add_member("onward", &email, &[role], None);
        rejected(javascript(&server, &email).create(&document("joe@example.com", "user")), 403);
    }
    server.add_member("onward", "eng@example.com", &["engineer"], None);
    let mut engineer = javascript(&server, "eng@example.com");
    rejected(engineer.create(&document("joe@example.com", "superuser")), 403);
    rejected(engineer.create(&limited("joe@example.com")), 403);
    accepted(engineer.create(&document("ann@example.com", "engineer")), 200);
    let mut jane = javascript(&server, "jane@example.com");
    assert_eq!(
        rejected(jane.create(&document("joe@example.com", "wizard")), 400).json()["msg"],
        "Bad request"
    );
    assert_eq!(emails(&accepted(jane.list(None, None), 200)), ["ann@example.com"]);
}

fn invalid_tokens_are_rejected_by_every_operation(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let mut stranger = OutsideClient::javascript(server.client.base(), "garbage").unwrap();
    let responses = [
        stranger.list(None, None),
        stranger.create(&document("joe@example.com", "user")),
        stranger.delete("2bXr7KqVn0mTz5LcWd8Yp4"),
        stranger.current_user(),
    ];
    for response in responses {
        assert_eq!(rejected(response, 401).json()["msg"], "Provided credentials are missing or invalid");
    }
}

fn the_current_user_names_the_customer(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let mut jane = javascript(&server, "jane@example.com");
    let me = jane.current_user().unwrap();
    assert_eq!((me.ok, me.status), (true, Some(200)), "{me:?}");
    let shown = ["login", "name", "role"].map(|name| &me.result[name]);
    assert_eq!(json!(shown), json!(["jane@example.com", "Jane Smith", "superuser"]));
    let created = accepted(jane.create(&document("joe@example.com", "user")), 200).json();
    let customer = &created["data"]["relationships"]["customer"]["data"];
    assert_eq!(customer, &json!({ "id": me.result["customer_id"], "type": "customer" }));
}

#[test]
fn python_reads_every_reply() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_onward();
    let mut jane = python(&server, "jane@example.com");
    let me = jane.current_user().unwrap();
    assert!(me.ok && me.result["customer_id"].is_string(), "{me:?}");
    accepted(jane.list(None, None), 200);
    let created = accepted(jane.create_typed(&typed_limited("joe@example.com")), 200);
    accepted(jane.create(&limited("ann@example.com")), 200);
    let id = created.result["data"]["id"].as_str().unwrap();
    accepted(jane.list(Some(3), Some(1)), 200);
    let listed = accepted(jane.list(Some(1), Some(100)), 200).result;
    let joe = listed["data"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap();
    let shown = ["email", "limit_services", "role", "status_code", "created_at", "deleted_at"];
    let shown = shown.map(|name| &joe["attributes"][name]);
    // The client has converted the number to a float and the time to a date.
    let expected = json!(["joe@example.com", true, "engineer", 1.0, "2024-03-20T14:49:25+00:00", null]);
    assert_eq!(json!(shown), expected);
    assert_eq!(links(joe).len(), 1);
    accepted(jane.delete(id), 204);
}

#[test]
fn python_raises_the_exception_of_each_status() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_onward();
    server.add_member("onward", "usr@example.com", &["user"], None);
    let mut jane = python(&server, "jane@example.com");
    accepted(jane.create_typed(&typed_limited("joe@example.com")), 200);
    let joe = document("joe@example.com", "user");
    let mut stranger = OutsideClient::python(server.client.base(), "garbage").unwrap();
    let responses = [
        (jane.create(&joe), 409, "ApiException"),
        (jane.create(&document("ann", "user")), 400, "ApiException"),
        (jane.delete("2bXr7KqVn0mTz5LcWd8Yp4"), 404, "NotFoundException"),
        (python(&server, "usr@example.com").create(&joe), 403, "ForbiddenException"),
        (stranger.list(None, None), 401, "UnauthorizedException"),
    ];
    for (response, status, exception) in responses {
        assert_eq!(rejected(response, status).error.as_deref(), Some(exception));
    }
}
