//! Content types, paths and methods.

use crate::harness::{Backend, Setup, invitation_body, send};

#[test]
fn strict_mode_requires_a_json_content_type() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__LANDSCAPE__STRICT_CONTENT_TYPE", "true");
    let server = setup.start();
    let jane = server.add_onward();
    let text = invitation_body("Joe", "joe@example.com", &["Auditor"]).to_string();
    let rejected = jane.post_text("/api/v2/invitations", "application/x-www-form-urlencoded", &text);
    let (status, error, message) = rejected.problem();
    assert_eq!((status, error.as_str()), (415, "UnsupportedMediaType"));
    assert!(message.contains("Content-Type: application/json"));
    let bare = jane.request(reqwest::Method::POST, "/api/v2/invitations").body(text.clone());
    send(bare).expect(415);
    let declared = jane.post_text("/api/v2/invitations", "Application/JSON; charset=utf-8", &text);
    declared.expect(200);
    jane.delete("/api/v2/invitations/1").expect(204);
}

#[test]
fn every_content_type_is_accepted_by_default() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    for (n, kind) in
        ["application/json", "application/x-www-form-urlencoded", "text/plain"].iter().enumerate()
    {
        let text = invitation_body("Joe", &format!("p{n}@example.com"), &["Auditor"]).to_string();
        jane.post_text("/api/v2/invitations", kind, &text).expect(200);
    }
    let text = invitation_body("Joe", "p9@example.com", &["Auditor"]).to_string();
    send(jane.request(reqwest::Method::POST, "/api/v2/invitations").body(text)).expect(200);
}

#[test]
fn unknown_paths_and_methods_are_rejected() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    assert_eq!(jane.get("/api/v2/nothing").problem().0, 404);
    assert_eq!(jane.get("/api/v2/invitations/").problem().0, 404);
    let put = send(jane.request(reqwest::Method::PUT, "/api/v2/invitations").body("{}"));
    assert_eq!(put.problem().1, "MethodNotAllowed");
    assert_eq!(put.status.as_u16(), 405);
    let head = send(jane.request(reqwest::Method::HEAD, "/api/v2/invitations")).expect(200);
    assert_eq!(head.body, "");
    for id in ["0", "-1", "x", "1.0", "99999999999999999999", "%2F", "1%20"] {
        jane.get(&format!("/api/v2/invitations/{id}")).expect(404);
        jane.delete(&format!("/api/v2/invitations/{id}")).expect(404);
    }
    for id in ["x", &"x".repeat(29), &"x".repeat(31), "%00"] {
        server.client.get(&format!("/api/v2/invitations/{id}/summary")).expect(404);
    }
}
