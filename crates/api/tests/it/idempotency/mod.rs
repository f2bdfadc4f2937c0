//! `Idempotency-Key`: a repeated request gets the first response again and has no further effect.

mod flight;
mod keeping;
mod keys;
mod owners;
mod replays;

use reqwest::{Method, blocking::RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};
use usher_domain::id::{AccountId, InvitationId};

use crate::harness::{Client, Response, Server, fastly::document, invitation_body, send};

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";
const LANDSCAPE: &str = "/api/v2/invitations";
const FASTLY: &str = "/invitations";

fn request(client: &Client, method: Method, path: &str, body: &Value) -> RequestBuilder {
    let request = client.request(method, path).header("Content-Type", "application/json");
    if body.is_null() { request } else { request.body(body.to_string()) }
}

/// Sends a request with a key.
fn keyed(client: &Client, method: Method, path: &str, body: &Value, key: &str) -> Response {
    send(request(client, method, path, body).header("Idempotency-Key", key))
}

/// Invites through Landscape's dialect, with a key.
fn invite(client: &Client, email: &str, key: &str) -> Response {
    keyed(client, Method::POST, LANDSCAPE, &invitation_body("Joe", email, &["Auditor"]), key)
}

/// Invites through Fastly's dialect, with a key.
fn invite_by_fastly(client: &Client, email: &str, key: &str) -> Response {
    keyed(client, Method::POST, FASTLY, &document(email, "user"), key)
}

fn is_replayed(response: &Response) -> bool {
    match response.headers.get("idempotency-replayed").map(|value| value.to_str().unwrap()) {
        None => false,
        Some(value) => {
            assert_eq!(value, "true");
            true
        }
    }
}

/// The parts of a response that a replay repeats.
fn lasting(response: &Response) -> (u16, HeaderMap, &str) {
    let mut headers = response.headers.clone();
    let transient = [
        "date",
        "x-request-id",
        "idempotency-replayed",
        "fastly-ratelimit-remaining",
        "fastly-ratelimit-reset",
    ];
    for name in transient {
        headers.remove(name);
    }
    (response.status.as_u16(), headers, &response.body)
}

#[track_caller]
fn assert_first(response: &Response, status: u16) {
    assert_eq!((response.status.as_u16(), is_replayed(response)), (status, false), "{response:?}");
}

/// Asserts that the second response replays the first.
#[track_caller]
fn assert_again(first: &Response, second: &Response) {
    assert!(!is_replayed(first), "{first:?}");
    assert!(is_replayed(second), "{second:?}");
    assert_eq!(lasting(first), lasting(second));
}

/// The effects of writes on the first account: the number of audit events, the number of mails of each
/// invitation, and the list.
fn traces(server: &Server) -> (usize, Vec<usize>, String) {
    let scene = &server.scene;
    let mails = |id| scene.read(|tx| tx.mails_of(AccountId::new(1), InvitationId::new(id))).len();
    let list = server.jane().get(LANDSCAPE).expect(200).body;
    (scene.audited_actions().len(), (1..=10).map(mails).collect(), list)
}

/// The body with which an invitee accepts or declines through Landscape's dialect.
fn link(server: &Server, secure_id: &Value) -> Value {
    json!({ "invitation_id": secure_id, "key": server.link_key(secure_id.as_str().unwrap(), 0) })
}

/// The path of Fastly's acceptance with an invitee's code.
fn acceptance(server: &Server, secure_id: &Value) -> String {
    let link = link(server, secure_id);
    format!(
        "/invitation/accept/{}.{}",
        link["invitation_id"].as_str().unwrap(),
        link["key"].as_str().unwrap()
    )
}
