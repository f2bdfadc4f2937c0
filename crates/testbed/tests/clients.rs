//! Fastly's clients on a server with prepared responses: the requests that they send, and the results that they return.
#![cfg(test)]
#![cfg(feature = "clients")]

mod canned;

use canned::{Canned, PreparedResponse, Request};
use serde_json::{Value, json};
use usher_testbed::{OutsideClient, TestbedError};

const ID: &str = "2bXr7KqVn0mTz5LcWd8Yp4";

type Start = fn(&str, &str) -> Result<OutsideClient, TestbedError>;

/// Expands to one module for each client, with one test for each function.
macro_rules! with_both_clients {
    ($($test:ident),+ $(,)?) => {
        mod javascript {
            $(#[test] fn $test() { super::$test(usher_testbed::OutsideClient::javascript); })+
        }
        mod python {
            $(#[test] fn $test() { super::$test(usher_testbed::OutsideClient::python); })+
        }
    };
}

with_both_clients!(
    a_document_is_sent_unchanged,
    a_typed_invitation_is_sent_in_the_form_of_the_models,
    pages_are_requested_and_parsed,
    deleting_accepts_an_empty_response,
    rejections_keep_their_status_and_body,
    the_current_user_and_service_authorizations_are_parsed,
);

fn invitation(relationships: &Value) -> Value {
    json!({
        "id": ID,
        "type": "invitation",
        "attributes": {
            "email": "mina@example.org", "limit_services": true, "role": "engineer", "status_code": 1,
            "created_at": "2026-03-04T05:06:07Z", "updated_at": "2026-03-04T05:06:07Z", "deleted_at": null,
        },
        "relationships": relationships,
    })
}

fn customer() -> Value {
    json!({ "data": { "id": "7cQ2mZr9Wd4Tn1Lx8Vb5Ky", "type": "customer" } })
}

fn linkage() -> Value {
    json!({ "data": [{ "id": "6aZr7KqVn0mTz5LcWd8Yp4", "type": "service_invitation" }] })
}

fn created() -> Value {
    json!({ "data": invitation(&json!({ "customer": customer() })) })
}

fn ok(body: Value) -> PreparedResponse {
    PreparedResponse { status: 200, content_type: "application/vnd.api+json", body }
}

fn rejection(status: u16, body: Value) -> PreparedResponse {
    PreparedResponse { status, content_type: "application/json", body }
}

/// The only request of a test. It must carry the token in Fastly's header and in no other one.
#[track_caller]
fn only_request(server: Canned) -> Request {
    let mut requests = server.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    let request = requests.remove(0);
    assert_eq!(request.headers["fastly-key"], "super-token");
    assert!(!request.headers.contains_key("authorization"), "{request:?}");
    request
}

fn a_document_is_sent_unchanged(start: Start) {
    let server = Canned::serve(vec![ok(created())]);
    let document = json!({ "data": {
        "type": "invitation",
        "attributes": { "email": "mina@example.org", "limit_services": true, "role": "engineer" },
        "relationships": { "customer": customer(), "service_invitations": { "data": [{
            "type": "service_invitation",
            "attributes": { "permission": "purge_all" },
            "relationships": { "service": { "data": { "type": "service", "id": "5nWq8ZrT1yKc4mVb7XdLp2" } } },
        }] } },
    } });
    let answer = start(&server.url, "super-token").unwrap().create(&document).unwrap();
    assert!(answer.ok, "{answer:?}");
    assert_eq!((answer.status, &answer.result["data"]["id"]), (Some(200), &json!(ID)));
    assert_eq!(answer.json(), created());
    assert_eq!(answer.headers["content-type"], "application/vnd.api+json");
    let request = only_request(server);
    assert_eq!(request.line, "POST /invitations");
    assert_eq!(request.headers["content-type"], "application/vnd.api+json");
    assert_eq!(request.body, document);
}

fn a_typed_invitation_is_sent_in_the_form_of_the_models(start: Start) {
    let server = Canned::serve(vec![ok(created())]);
    let typed = json!({
        "email": "mina@example.org", "role": "engineer", "status_code": 1,
        "services": [{ "id": "5nWq8ZrT1yKc4mVb7XdLp2", "permission": "purge_all" }],
    });
    let answer = start(&server.url, "super-token").unwrap().create_typed(&typed).unwrap();
    assert!(answer.ok, "{answer:?}");
    let expected = json!({ "data": {
        "type": "invitation",
        "attributes": { "email": "mina@example.org", "role": "engineer", "status_code": 1 },
        "relationships": { "service_invitations": { "data": [{ "data": {
            "type": "service_invitation",
            "attributes": { "permission": "purge_all" },
            "relationships": { "service": { "type": "service", "id": "5nWq8ZrT1yKc4mVb7XdLp2" } },
        } }] } },
    } });
    assert_eq!(only_request(server).body, expected);
}

fn pages_are_requested_and_parsed(start: Start) {
    let both = json!({ "customer": customer(), "service_invitations": linkage() });
    let last = "https://usher.example.com/invitations?page%5Bnumber%5D=2&page%5Bsize%5D=1";
    let page = json!({
        "data": [invitation(&both)],
        "links": { "last": last },
        "meta": { "current_page": 2, "per_page": 1, "record_count": 2, "total_pages": 2 },
    });
    let server = Canned::serve(vec![ok(page.clone()), ok(page.clone()), ok(page.clone())]);
    let mut client = start(&server.url, "super-token").unwrap();
    for (number, size) in [(Some(2), Some(1)), (None, Some(7)), (None, None)] {
        let answer = client.list(number, size).unwrap();
        assert!(answer.ok, "{answer:?}");
        assert_eq!((answer.status, answer.json()), (Some(200), page.clone()));
        assert_eq!((&answer.result["meta"], &answer.result["links"]), (&page["meta"], &page["links"]));
        assert_eq!(answer.result["data"][0]["relationships"], both);
    }
    let requests = server.requests();
    let lines: Vec<&str> = requests.iter().map(|request| request.line.as_str()).collect();
    let paged = "GET /invitations?page%5Bnumber%5D=2&page%5Bsize%5D=1";
    assert_eq!(lines, [paged, "GET /invitations?page%5Bsize%5D=7", "GET /invitations"]);
}

fn deleting_accepts_an_empty_response(start: Start) {
    let server = Canned::serve(vec![PreparedResponse { status: 204, content_type: "", body: Value::Null }]);
    let answer = start(&server.url, "super-token").unwrap().delete("a/b c").unwrap();
    assert!(answer.ok, "{answer:?}");
    assert_eq!((answer.status, &answer.result, answer.raw.as_str()), (Some(204), &Value::Null, ""));
    assert_eq!(answer.headers["fastly-ratelimit-remaining"], "999");
    assert_eq!(only_request(server).line, "DELETE /invitations/a%2Fb%20c");
}

fn rejections_keep_their_status_and_body(start: Start) {
    let cases = [
        (401, "UnauthorizedException"),
        (403, "ForbiddenException"),
        (404, "NotFoundException"),
        (409, "ApiException"),
        (503, "ServiceException"),
    ];
    let body = |status: u16| json!({ "msg": "Record not found", "detail": format!("as {status}") });
    let server = Canned::serve(cases.iter().map(|&(status, _)| rejection(status, body(status))).collect());
    let mut client = start(&server.url, "super-token").unwrap();
    for (status, exception) in cases {
        let answer = client.delete(ID).unwrap();
        assert!(!answer.ok, "{answer:?}");
        assert_eq!((answer.status, answer.json()), (Some(status), body(status)));
        let error = answer.error.unwrap();
        assert!(error == exception || error == "Error", "{error}");
    }
    assert_eq!(server.requests().len(), cases.len());
}

fn the_current_user_and_service_authorizations_are_parsed(start: Start) {
    let user = json!({
        "id": "4Ab7cDeFgH1jKlMnOpQrSt", "login": "jane@example.org", "name": "Jane", "role": "superuser",
        "customer_id": "7cQ2mZr9Wd4Tn1Lx8Vb5Ky", "created_at": "2026-03-04T05:06:07Z",
    });
    let authorizations = json!({
        "data": [{
            "id": "8kZr7KqVn0mTz5LcWd8Yp4", "type": "service_authorization",
            "attributes": { "permission": "purge_all" },
            "relationships": {
                "service": { "data": { "id": "5nWq8ZrT1yKc4mVb7XdLp2", "type": "service" } },
                "user": { "data": { "id": "4Ab7cDeFgH1jKlMnOpQrSt", "type": "user" } },
            },
        }],
        "meta": { "current_page": 1, "per_page": 3, "record_count": 1, "total_pages": 1 },
    });
    let server = Canned::serve(vec![rejection(200, user.clone()), ok(authorizations.clone())]);
    let mut client = start(&server.url, "super-token").unwrap();
    let me = client.current_user().unwrap();
    assert!(me.ok, "{me:?}");
    assert_eq!((&me.result["customer_id"], &me.json()), (&user["customer_id"], &user));
    let listed = client.service_authorizations(None, Some(3)).unwrap();
    assert!(listed.ok, "{listed:?}");
    assert_eq!((&listed.result["meta"], &listed.json()), (&authorizations["meta"], &authorizations));
    let requests = server.requests();
    let lines: Vec<&str> = requests.iter().map(|request| request.line.as_str()).collect();
    assert_eq!(lines, ["GET /current_user", "GET /service-authorizations?page%5Bsize%5D=3"]);
}

#[test]
fn python_rejects_responses_that_its_models_do_not_allow() {
    let page = json!({ "data": [{ "id": 1, "type": "invitation" }] });
    // The client's model of this response has the type of the list in the request.
    let linked = json!({ "data": invitation(&json!({ "service_invitations": linkage() })) });
    let server = Canned::serve(vec![ok(page), ok(linked.clone())]);
    let mut client = OutsideClient::python(&server.url, "super-token").unwrap();
    let answer = client.list(None, None).unwrap();
    assert_eq!((answer.ok, answer.error.as_deref()), (false, Some("ApiValueError")), "{answer:?}");
    let answer = client.create(&linked).unwrap();
    assert_eq!((answer.ok, answer.error.as_deref()), (false, Some("ApiValueError")), "{answer:?}");
    assert_eq!((answer.status, answer.json()), (Some(200), linked));
}

#[test]
fn python_rejects_an_invalid_page_size_without_a_request() {
    let mut client = OutsideClient::python("http://127.0.0.1:9", "super-token").unwrap();
    let answer = client.list(None, Some(101)).unwrap();
    assert_eq!((answer.ok, answer.status), (false, None));
    assert_eq!(answer.error.as_deref(), Some("ApiValueError"), "{answer:?}");
}

#[test]
fn a_failed_client_reports_its_error() {
    // The client itself rejects an empty token.
    let mut client = OutsideClient::javascript("http://127.0.0.1:9", "").unwrap();
    let error = client.list(None, None).unwrap_err().to_string();
    assert!(error.starts_with("Fastly's JavaScript client, calling listInvitations, failed: "), "{error}");
    assert!(error.contains("Please provide a Fastly API key"), "{error}");
}
