//! Replays of every write of both dialects.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    FASTLY, KEY, LANDSCAPE, acceptance, assert_again, assert_first, invite, invite_by_fastly, keyed, link,
    traces,
};
use crate::harness::{Backend, Client, Response, Server, Setup, invitation_body, on_both_databases};

on_both_databases!(
    an_invitation_of_landscape_is_created_once,
    an_invitation_is_resent_once,
    an_invitation_of_landscape_is_deleted_once,
    an_invitation_is_accepted_once_through_landscape,
    an_invitation_is_declined_once_with_a_token,
    an_invitation_is_declined_once_with_a_key,
    an_invitation_of_fastly_is_created_once,
    an_invitation_of_fastly_is_deleted_once,
    a_newcomer_accepts_once_through_fastly,
    a_member_of_another_account_accepts_once_through_fastly,
);

/// Sends a request twice with one key, and a third time half an hour later. Asserts one execution and two
/// replays.
#[track_caller]
fn assert_done_once(
    setup: &Setup,
    server: &Server,
    status: u16,
    request: impl Fn(&str) -> Response,
) -> Response {
    let before = traces(server);
    let first = request(KEY);
    assert_first(&first, status);
    let after = traces(server);
    assert_ne!(before, after, "the request is executed");
    assert_again(&first, &request(KEY));
    setup.advance(TimeDelta::minutes(30));
    assert_again(&first, &request(&format!("\"{KEY}\"")));
    assert_eq!(traces(server), after, "the replays have no effect");
    first
}

/// The account onward with an invitation of joe@example.com. Returns its secure id.
fn invited(setup: &Setup) -> (Server, Value) {
    let server = setup.start();
    let created =
        server.add_onward().post(LANDSCAPE, &invitation_body("Joe", "joe@example.com", &["Auditor"]));
    (server, created.expect(200).json()["secure_id"].clone())
}

/// A client of joe@example.com, a member of another account.
fn joe(server: &Server) -> Client {
    server.add_account("elsewhere", "Elsewhere");
    server.add_member("elsewhere", "joe@example.com", &["user"], None);
    server.client.with_token(server.token(None, "joe@example.com"))
}

fn an_invitation_of_landscape_is_created_once(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let first = assert_done_once(&setup, &server, 200, |key| invite(&server.jane(), "joe@example.com", key));
    assert!(first.body.starts_with(r#"{"id":1,"secure_id":""#), "{}", first.body);
    assert_eq!(first.header("content-type"), "application/json");
}

fn an_invitation_is_resent_once(backend: Backend) {
    let setup = Setup::new(backend);
    let (server, _) = invited(&setup);
    setup.advance(TimeDelta::minutes(2));
    let path = format!("{LANDSCAPE}/1");
    assert_done_once(&setup, &server, 200, |key| keyed(&server.jane(), Method::POST, &path, &json!({}), key));
}

fn an_invitation_of_landscape_is_deleted_once(backend: Backend) {
    let setup = Setup::new(backend);
    let (server, _) = invited(&setup);
    let path = format!("{LANDSCAPE}/1");
    let delete = |key: &str| keyed(&server.jane(), Method::DELETE, &path, &Value::Null, key);
    let first = assert_done_once(&setup, &server, 204, delete);
    assert_eq!((first.body.as_str(), first.header("content-type")), ("", ""));
}

fn an_invitation_is_accepted_once_through_landscape(backend: Backend) {
    let setup = Setup::new(backend);
    let (server, secure_id) = invited(&setup);
    let (joe, link) = (joe(&server), link(&server, &secure_id));
    let path = "/api/v2/accept-invitation";
    let first = assert_done_once(&setup, &server, 200, |key| keyed(&joe, Method::POST, path, &link, key));
    assert_eq!(first.body, r#"{"account_id":1,"account_title":"Onward, Inc."}"#);
}

fn an_invitation_is_declined_once_with_a_token(backend: Backend) {
    let setup = Setup::new(backend);
    let (server, secure_id) = invited(&setup);
    let (joe, link) = (joe(&server), link(&server, &secure_id));
    let path = "/api/v2/reject-invitation";
    assert_done_once(&setup, &server, 204, |key| keyed(&joe, Method::POST, path, &link, key));
}

fn an_invitation_is_declined_once_with_a_key(backend: Backend) {
    let setup = Setup::new(backend);
    let (server, secure_id) = invited(&setup);
    let link = link(&server, &secure_id);
    let path = "/api/v2/reject-invitation";
    assert_done_once(&setup, &server, 204, |key| keyed(&server.client, Method::POST, path, &link, key));
}

fn an_invitation_of_fastly_is_created_once(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let create = |key: &str| invite_by_fastly(&server.jane(), "joe@example.com", key);
    let first = assert_done_once(&setup, &server, 200, create);
    assert_eq!(first.header("content-type"), "application/vnd.api+json");
    assert_eq!(first.header("cache-control"), "no-store");
    assert_eq!(first.header("x-content-type-options"), "nosniff");
}

fn an_invitation_of_fastly_is_deleted_once(backend: Backend) {
    let setup = Setup::new(backend);
    let (server, _) = invited(&setup);
    let id = server.jane().get(FASTLY).expect(200).json()["data"][0]["id"].clone();
    let path = format!("{FASTLY}/{}", id.as_str().unwrap());
    let delete = |key: &str| keyed(&server.jane(), Method::DELETE, &path, &Value::Null, key);
    assert_done_once(&setup, &server, 204, delete);
}

fn a_newcomer_accepts_once_through_fastly(backend: Backend) {
    let setup = Setup::new(backend);
    let (server, secure_id) = invited(&setup);
    let path = acceptance(&server, &secure_id);
    let newcomer = json!({ "name": "Joe Wright", "password": "plum drizzle kettle" });
    let accept = |key: &str| keyed(&server.client, Method::PUT, &path, &newcomer, key);
    let first = assert_done_once(&setup, &server, 200, accept);
    assert_eq!(first.body, r#"{"status":"ok"}"#);
    keyed(&server.client, Method::PUT, &path, &newcomer, "another key").expect(400);
    keyed(&server.client, Method::PUT, &path, &newcomer, "another-key").expect(410);
}

fn a_member_of_another_account_accepts_once_through_fastly(backend: Backend) {
    let setup = Setup::new(backend);
    let (server, secure_id) = invited(&setup);
    let (joe, path) = (joe(&server), acceptance(&server, &secure_id));
    assert_done_once(&setup, &server, 200, |key| keyed(&joe, Method::PUT, &path, &Value::Null, key));
}
