//! The write limit and its headers.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use usher_domain::access_token::Scope;

use super::{create, document, emails, invited, list, path, rejection};
use crate::harness::{Backend, Client, Response, Setup, invitation_body, on_both_databases, send};

on_both_databases!(
    every_write_counts_whether_it_succeeds_or_not,
    writes_above_the_limit_are_rejected,
    the_limit_is_reset_each_hour,
    both_dialects_share_the_limit,
    a_mailbox_gets_three_mails_an_hour,
    all_tokens_of_a_person_share_the_limit,
    all_servers_share_the_limit,
    concurrent_writes_are_all_counted,
);

const REMAINING: &str = "fastly-ratelimit-remaining";
const RESET: &str = "fastly-ratelimit-reset";

/// 20 March 2024, 15:00:00 UTC. The clock begins at 14:49:25.
const END_OF_HOUR: u64 = 1_710_946_800;

/// Seconds from the beginning of the clock to [`END_OF_HOUR`].
const REST_OF_HOUR: i64 = 10 * 60 + 35;

fn limited(backend: Backend, writes: u32) -> Setup {
    Setup::new(backend).with("USHER__LIMITS__WRITES_PER_HOUR", &writes.to_string())
}

/// The remaining writes and the end of the hour. fastly-rust panics if either is not an unsigned integer.
#[track_caller]
fn limit_headers(response: &Response) -> (u64, u64) {
    let figure = |name| response.header(name).parse().unwrap_or_else(|_| panic!("{name}: {response:?}"));
    (figure(REMAINING), figure(RESET))
}

#[track_caller]
fn assert_no_limit_headers(response: &Response) {
    assert_eq!((response.header(REMAINING), response.header(RESET)), ("", ""), "{response:?}");
}

fn invite(client: &Client, email: &str) -> Response {
    create(client, &document(email, "user"))
}

fn every_write_counts_whether_it_succeeds_or_not(backend: Backend) {
    let setup = limited(backend, 9);
    let server = setup.start();
    let jane = server.add_onward();
    server.add_member("onward", "usr@example.com", &["user"], None);
    let created = invite(&jane, "joe@example.com");
    let id = created.json()["data"]["id"].as_str().unwrap().to_owned();
    let large = " ".repeat(64 * 1024 + 1);
    let post = |text: &str| jane.post_text("/invitations", "application/json", text);
    let writes = [
        (created, 200),
        (invite(&jane, "joe@example.com"), 409),
        (invite(&jane, "joe"), 400),
        (post("null"), 400),
        (post(&large), 413),
        (jane.delete("/invitations/2bXr7KqVn0mTz5LcWd8Yp4"), 404),
        (jane.delete("/invitations/a%2Fb+c"), 404),
        (jane.delete(&path(&id)), 204),
    ];
    for ((response, status), remaining) in writes.into_iter().zip((1..=8).rev()) {
        assert_eq!(limit_headers(&response.expect(status)), (remaining, END_OF_HOUR), "{status}");
    }
    let powerless = server.client_of("onward", "usr@example.com");
    let rejected = invite(&powerless, "joe@example.com").expect(403);
    assert_eq!(limit_headers(&rejected), (8, END_OF_HOUR), "another person, another budget");

    for path in ["/invitations", "/invitations?page%5Bsize%5D=0", "/current_user", "/service-authorizations"]
    {
        assert_no_limit_headers(&jane.get(path));
    }
    assert_no_limit_headers(&send(jane.request(Method::HEAD, "/invitations")));
    assert_no_limit_headers(&send(jane.request(Method::PUT, "/invitations")).expect(405));
    assert_eq!(limit_headers(&invite(&jane, "ann@example.com")).0, 0, "reading was not counted");
}

fn writes_above_the_limit_are_rejected(backend: Backend) {
    let setup = limited(backend, 1);
    let server = setup.start();
    let jane = server.add_onward();
    let id = invited(&jane, "joe@example.com");
    let rejected = [
        invite(&jane, "ann@example.com"),
        // The body is not parsed.
        jane.post_text("/invitations", "application/json", "null"),
        jane.delete(&path(&id)),
        jane.delete("/invitations/x"),
    ];
    for response in rejected {
        let (status, msg, detail) = rejection(&response);
        assert_eq!((status, msg.as_str()), (429, "Hourly rate limit exceeded"));
        assert_eq!(detail, "the limit of 1 writes an hour is reached; rejected writes count too");
        assert_eq!(limit_headers(&response), (0, END_OF_HOUR));
        assert_eq!(response.header("retry-after"), REST_OF_HOUR.to_string());
    }
    assert_eq!(emails(&list(&jane)), ["joe@example.com"]);
}

fn the_limit_is_reset_each_hour(backend: Backend) {
    let setup = limited(backend, 1);
    let server = setup.start();
    let jane = server.add_onward();
    setup.advance(TimeDelta::microseconds(1));
    invited(&jane, "joe@example.com");
    setup.advance(TimeDelta::seconds(REST_OF_HOUR - 1));
    let late = invite(&jane, "ann@example.com").expect(429);
    assert_eq!((late.header("retry-after"), limit_headers(&late)), ("1", (0, END_OF_HOUR)));
    setup.advance(TimeDelta::seconds(1));
    let next = invite(&jane, "ann@example.com").expect(200);
    assert_eq!(limit_headers(&next), (0, END_OF_HOUR + 3600));
    invite(&jane, "eve@example.com").expect(429);
}

fn both_dialects_share_the_limit(backend: Backend) {
    let setup = limited(backend, 4);
    let server = setup.start();
    let jane = server.add_onward();
    let landscape =
        |email: &str| jane.post("/api/v2/invitations", &invitation_body("Joe", email, &["Auditor"]));
    assert_no_limit_headers(&landscape("a@example.com").expect(200));
    assert_eq!(limit_headers(&invite(&jane, "b@example.com")).0, 2);
    landscape("nobody").expect(400);
    assert_eq!(limit_headers(&invite(&jane, "c@example.com")).0, 0);
    let rejected = [
        landscape("d@example.com"),
        jane.delete("/api/v2/invitations/1"),
        jane.post("/api/v2/invitations/1", &json!({})),
    ];
    for response in rejected {
        let (status, error, message) = response.problem();
        assert_eq!((status, error.as_str()), (429, "TooManyRequests"));
        assert_eq!(message, "the limit of 4 writes an hour is reached; rejected writes count too");
        assert_eq!(response.header("retry-after"), REST_OF_HOUR.to_string());
    }
    assert_eq!(jane.get("/api/v2/invitations").expect(200).json()["count"], 3);
}

/// Over both dialects and however the address is written. Deleting an invitation does not help.
fn a_mailbox_gets_three_mails_an_hour(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let landscape =
        |email: &str| jane.post("/api/v2/invitations", &invitation_body("Joe", email, &["Auditor"]));
    landscape("joe@example.com").expect(200);
    jane.delete("/api/v2/invitations/1").expect(204);
    let (status, error, _) = landscape("joe@example.com").problem();
    assert_eq!((status, error.as_str()), (429, "TooManyRequests"));
    setup.advance(TimeDelta::minutes(1));
    landscape("joe@example.com").expect(200);
    invite(&jane, "joe+news@example.com").expect(200);
    let rejected = landscape("Joe+more@example.com");
    assert_eq!(rejected.header("retry-after"), "3540");
    assert_eq!(rejected.problem().1, "TooManyRequests");
    let rejected = invite(&jane, "joe+more@example.com");
    assert_eq!(rejected.header("retry-after"), "3540");
    assert_eq!(rejection(&rejected).1, "Too many requests");
    setup.advance(TimeDelta::minutes(59));
    invite(&jane, "joe+more@example.com").expect(200);
}

fn all_tokens_of_a_person_share_the_limit(backend: Backend) {
    let setup = limited(backend, 5);
    let server = setup.start();
    let jane = server.add_onward();
    server.add_account("upside", "Upside");
    server.add_member("upside", "jane@example.com", &["superuser"], None);
    server.add_member("upside", "eve@example.com", &["superuser"], None);
    let access_token =
        |account: &str| server.add_access_token(account, "jane@example.com", Scope::Global, None).0;
    assert_eq!(limit_headers(&invite(&jane, "a@example.com").expect(200)).0, 4);
    let elsewhere = server.client_of("upside", "jane@example.com");
    assert_eq!(limit_headers(&invite(&elsewhere, "a@example.com").expect(200)).0, 3);
    let program = server.client.with_token(access_token("onward"));
    assert_eq!(limit_headers(&invite(&program, "b@example.com").expect(200)).0, 2);
    let program = server.client.with_token(access_token("upside"));
    assert_eq!(limit_headers(&invite(&program, "b@example.com").expect(200)).0, 1);
    let eve = server.client_of("upside", "eve@example.com");
    assert_eq!(limit_headers(&invite(&eve, "c@example.com").expect(200)).0, 4, "another person");
}

fn all_servers_share_the_limit(backend: Backend) {
    let setup = limited(backend, 3);
    let (one, other) = (setup.start(), setup.start());
    let here = one.add_onward();
    let there = other.jane();
    assert_eq!(limit_headers(&invite(&here, "a@example.com").expect(200)).0, 2);
    assert_eq!(limit_headers(&invite(&there, "b@example.com").expect(200)).0, 1);
    assert_eq!(limit_headers(&invite(&here, "c@example.com").expect(200)).0, 0);
    invite(&there, "d@example.com").expect(429);
    invite(&here, "d@example.com").expect(429);
    assert_eq!(emails(&list(&there)), ["c@example.com", "b@example.com", "a@example.com"]);
}

fn concurrent_writes_are_all_counted(backend: Backend) {
    let setup = limited(backend, 3);
    let server = setup.start();
    let jane = server.add_onward();
    let mut responses: Vec<(u16, u64)> = std::thread::scope(|scope| {
        let write = |_| scope.spawn(|| jane.delete("/invitations/2bXr7KqVn0mTz5LcWd8Yp4"));
        let threads: Vec<_> = (0..5).map(write).collect();
        let responses = threads.into_iter().map(|thread| thread.join().unwrap());
        responses.map(|response| (response.status.as_u16(), limit_headers(&response).0)).collect()
    });
    responses.sort_unstable();
    let expected = [(404, 0), (404, 1), (404, 2), (429, 0), (429, 0)];
    assert_eq!(responses, expected);
}

#[test]
fn unauthenticated_writes_are_not_counted() {
    let setup = limited(Backend::sqlite(), 2);
    let server = setup.start();
    let jane = server.add_onward();
    // The last has the form of an access token.
    for token in ["garbage", "0123456789abcdefghijABCDEFGHIJxy"] {
        let stranger = server.client.with_token(token);
        assert_no_limit_headers(&invite(&stranger, "joe@example.com").expect(401));
        assert_no_limit_headers(&stranger.delete("/invitations/2bXr7KqVn0mTz5LcWd8Yp4").expect(401));
    }
    assert_no_limit_headers(&invite(&server.client, "joe@example.com").expect(401));
    let newcomer = server.client.request(Method::PUT, "/invitation/accept/x.y").body("{}");
    assert_no_limit_headers(&send(newcomer).expect(404));
    assert_eq!(limit_headers(&invite(&jane, "joe@example.com")).0, 1);
}

#[test]
fn without_a_limit_no_headers_are_sent() {
    let setup = limited(Backend::sqlite(), 0);
    let server = setup.start();
    let jane = server.add_onward();
    for n in 0..3 {
        assert_no_limit_headers(&invite(&jane, &format!("p{n}@example.com")).expect(200));
    }
    assert_no_limit_headers(&jane.delete("/invitations/x").expect(404));
}

#[test]
fn the_default_limit_is_1000_writes_an_hour() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    assert_eq!(limit_headers(&invite(&jane, "joe@example.com").expect(200)), (999, END_OF_HOUR));
}
