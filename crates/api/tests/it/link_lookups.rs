//! Limits on failed look-ups of links.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use crate::harness::{
    Backend, Client, Response, Server, Setup, fastly::rejection, invitation_body, on_both_databases, send,
};

const UNKNOWN: &str = "000000000000000000000000000000";

on_both_databases!(failed_look_ups_of_a_client_are_limited_on_every_route);

/// One request for a link on each route. `secure_id` and `key` are the parts of the link.
fn look_ups(client: &Client, jane: &Client, secure_id: &str, key: &str) -> Vec<Response> {
    let link = json!({ "invitation_id": secure_id, "key": key });
    vec![
        client.get(&format!("/accept-invitation/{secure_id}?key={key}")),
        client.post_form(&format!("/accept-invitation/{secure_id}"), &[("key", key), ("action", "decline")]),
        client.get(&format!("/api/v2/invitations/{secure_id}/summary")),
        jane.post("/api/v2/accept-invitation", &link),
        jane.post("/api/v2/reject-invitation", &link),
        send(client.request(Method::PUT, &format!("/invitation/accept/{secure_id}.{key}"))),
    ]
}

fn setup(backend: Backend, per_client: &str, total: &str) -> (Setup, Server) {
    let setup = Setup::new(backend)
        .with("USHER__LIMITS__FAILED_LINKS_PER_CLIENT_AND_MINUTE", per_client)
        .with("USHER__LIMITS__FAILED_LINKS_PER_MINUTE", total);
    let server = setup.start();
    (setup, server)
}

fn failed_look_ups_of_a_client_are_limited_on_every_route(backend: Backend) {
    let (setup, server) = setup(backend, "6", "0");
    let jane = server.add_onward();
    let body = invitation_body("Joe", "joe@example.com", &["Auditor"]);
    let secure_id =
        jane.post("/api/v2/invitations", &body).expect(200).json()["secure_id"].as_str().unwrap().to_owned();
    let good = format!("/accept-invitation/{secure_id}?key={}", server.link_key(&secure_id, 0));
    for _ in 0..20 {
        server.client.get(&good).expect(200);
    }
    for response in look_ups(&server.client, &jane, UNKNOWN, "0") {
        assert_eq!(response.status.as_u16(), 404, "{response:?}");
    }
    server.client.get(&good).expect(429);
    let limited = look_ups(&server.client, &jane, &secure_id, &server.link_key(&secure_id, 0));
    for response in &limited {
        assert_eq!((response.status.as_u16(), response.header("retry-after")), (429, "10"), "{response:?}");
    }
    assert_eq!(limited[2].problem().1, "TooManyRequests");
    assert_eq!(rejection(&limited[5]).1, "Too many requests");
    // The limit is for links only.
    jane.get("/api/v2/invitations").expect(200);

    setup.advance(TimeDelta::seconds(10));
    server.client.get(&good).expect(200);
    // A wrong key is a failure as well.
    server.client.get(&format!("/accept-invitation/{secure_id}?key=0")).expect(404);
    server.client.get(&good).expect(429);
}

#[test]
fn failed_look_ups_are_limited_in_total() {
    let (_setup, server) = setup(Backend::sqlite(), "0", "2");
    let summary = format!("/api/v2/invitations/{UNKNOWN}/summary");
    server.client.get(&summary).expect(404);
    server.client.get(&summary).expect(404);
    let limited = server.client.get(&summary).expect(429);
    assert_eq!(limited.header("retry-after"), "30");
}
