//! The form of a key, and the request that it belongs to.

use reqwest::{Method, header::HeaderValue};
use serde_json::{Value, json};

use super::{
    FASTLY, KEY, LANDSCAPE, assert_again, assert_first, invite, invite_by_fastly, is_replayed, keyed, request,
};
use crate::harness::{
    Backend, Response, Setup,
    fastly::{document, rejection},
    invitation_body, on_both_databases, send,
};

on_both_databases!(
    a_different_request_with_the_same_key_is_rejected,
    a_rejected_request_leaves_its_key_unused
);

/// A request differs if its method, path, query or body differs.
fn a_different_request_with_the_same_key_is_rejected(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let (post, joe) = (Method::POST, invitation_body("Joe", "joe@example.com", &["Auditor"]));
    let first = invite(&jane, "joe@example.com", KEY).expect(200);
    let others = [
        keyed(&jane, post.clone(), LANDSCAPE, &invitation_body("Joe", "joe@example.org", &["Auditor"]), KEY),
        keyed(&jane, post.clone(), "/api/v2/invitations?x=1", &joe, KEY),
        keyed(&jane, post.clone(), "/api/v2/invitations/1", &joe, KEY),
        keyed(&jane, Method::DELETE, "/api/v2/invitations/1", &Value::Null, KEY),
        // An invalid body makes a different request as well.
        keyed(&jane, post.clone(), LANDSCAPE, &json!([]), KEY),
    ];
    for response in others {
        let (status, error, message) = response.problem();
        assert_eq!((status, error.as_str()), (422, "IdempotencyKeyReused"), "{response:?}");
        assert!(message.contains("choose a new key"), "{message}");
    }
    let (status, msg, detail) = rejection(&invite_by_fastly(&jane, "ann@example.com", KEY));
    assert_eq!((status, msg.as_str()), (422, "Idempotency key reused"));
    assert!(detail.contains("choose a new key"), "{detail}");
    assert_eq!(jane.get(LANDSCAPE).json()["count"], 1);
    assert_again(&first, &keyed(&jane, post, LANDSCAPE, &joe, KEY));
}

fn a_rejected_request_leaves_its_key_unused(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    for _ in 0..2 {
        let rejected = invite(&jane, "jane@example.com", KEY);
        assert_eq!((rejected.problem().1.as_str(), is_replayed(&rejected)), ("RepeatedInvitation", false));
        assert_first(&invite_by_fastly(&jane, "jane@example.com", KEY), 409);
        assert_first(&invite(&jane, "nobody", KEY), 400);
        assert_first(&keyed(&jane, Method::DELETE, "/api/v2/invitations/1", &Value::Null, KEY), 404);
    }
    let corrected = invite(&jane, "joe@example.com", KEY);
    assert_first(&corrected, 200);
    assert_again(&corrected, &invite(&jane, "joe@example.com", KEY));
}

#[test]
fn quoted_and_bare_forms_are_the_same_key() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let longest = "x".repeat(255);
    for (n, key) in [KEY, "!", r#"a"b\c"#, &longest].into_iter().enumerate() {
        let email = format!("joe{n}@example.com");
        let escaped = key.replace('\\', r"\\").replace('"', "\\\"");
        let first = invite(&jane, &email, key).expect(200);
        assert_again(&first, &invite(&jane, &email, &format!("\"{escaped}\"")));
        assert_again(&first, &invite(&jane, &email, &format!(" {key}  ")));
    }
}

#[test]
fn malformed_keys_are_rejected_in_each_dialects_form() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let landscape = |values: &[&[u8]]| {
        let request =
            request(&jane, Method::POST, LANDSCAPE, &invitation_body("Joe", "joe@example.com", &["Auditor"]));
        with_keys(request, values)
    };
    let fastly = |values: &[&[u8]]| {
        with_keys(request(&jane, Method::POST, FASTLY, &document("a@example.com", "user")), values)
    };
    let long = "x".repeat(256);
    let malformed: [&[&[u8]]; 8] = [
        &[b""],
        &[b"\"\""],
        &[b"\"open"],
        &[b"two words"],
        &[b"\"a\";b=1"],
        &[b"\"a\", \"b\""],
        &["\u{17c}\u{f3}\u{142}w".as_bytes()],
        &[long.as_bytes()],
    ];
    for values in malformed {
        let (status, error, message) = landscape(values).problem();
        assert_eq!((status, error.as_str()), (400, "BadRequest"));
        assert!(message.contains("must be a key of 1 to 255 visible ASCII characters"), "{message}");
        let (status, msg, detail) = rejection(&fastly(values));
        assert_eq!((status, msg.as_str(), detail), (400, "Bad request", message));
    }
    let twice: &[&[u8]] = &[b"a", b"a"];
    assert!(landscape(twice).problem().2.contains("Idempotency-Key once"));
    assert!(rejection(&fastly(twice)).2.contains("Idempotency-Key once"));
    for path in ["/api/v2/invitations/1", "/invitations/x"] {
        send(jane.request(Method::DELETE, path).header("Idempotency-Key", "")).expect(400);
    }
    assert_eq!(jane.get(LANDSCAPE).json()["count"], 0);
    send(server.client.request(Method::POST, LANDSCAPE).header("Idempotency-Key", "")).expect(401);
}

fn with_keys(request: reqwest::blocking::RequestBuilder, values: &[&[u8]]) -> Response {
    let header = |value: &[u8]| HeaderValue::from_bytes(value).unwrap();
    send(values.iter().fold(request, |request, value| request.header("Idempotency-Key", header(value))))
}
