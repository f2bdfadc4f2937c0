//! Bodies recorded from Fastly's own clients, unchanged.

use usher_domain::role::ServicePermission;

use super::{Summary, read, summary};

#[track_caller]
fn accepted(body: &str) -> Summary {
    summary(&read(body.as_bytes()).unwrap())
}

fn engineer(email: &str, services: Vec<(String, ServicePermission)>) -> Summary {
    (email.to_owned(), vec!["engineer".to_owned()], true, services)
}

#[test]
fn a_body_of_fastly_py_is_accepted() {
    let body = r#"{"data": {"type": "invitation", "attributes": {"email": "Py@example.com", "limit_services": true, "role": "engineer", "status_code": 1, "roles": ["engineer"]}, "relationships": {"service_invitations": {"data": [{"data": {"type": "service_invitation", "attributes": {"permission": "purge_all"}, "relationships": {"service": {"id": "SVC1111111111111111111"}}}}]}}}}"#;
    let service = ("SVC1111111111111111111".to_owned(), ServicePermission::PurgeAll);
    assert_eq!(accepted(body), engineer("Py@example.com", vec![service]));
}

#[test]
fn a_body_of_fastly_js_is_accepted() {
    let body = r#"{"data":{"type":"invitation","attributes":{"email":"js@example.com","limit_services":true,"role":"engineer"},"relationships":{"customer":{"data":{"id":"C","type":"customer"}},"service_invitations":{"data":[{"type":"service_invitation","attributes":{"permission":"purge_all"},"relationships":{"service":{"data":{"type":"service","id":"S"}}}}]}}}}"#;
    let service = ("S".to_owned(), ServicePermission::PurgeAll);
    assert_eq!(accepted(body), engineer("js@example.com", vec![service]));
}

#[test]
fn a_body_of_fastly_rust_is_accepted() {
    let body = r#"{"data":{"type":"invitation","attributes":{"email":"rs@example.com","limit_services":true,"role":"engineer","status_code":"1"},"relationships":{"service_invitations":{"data":[{"data":{"type":"service_invitation","attributes":{"permission":"purge_all"},"relationships":{"service":{"type":"service","id":"SVCID"}}}}]}}}}"#;
    let service = ("SVCID".to_owned(), ServicePermission::PurgeAll);
    assert_eq!(accepted(body), engineer("rs@example.com", vec![service]));
}

#[test]
fn a_body_of_adobes_client_is_accepted() {
    let body = r#"{"data":{"type":"invitation","attributes":{"email":"ad@example.com","limit_services":true,"role":"engineer"},"relationships":{"customer":{"data":{"id":"4Ab7cDeFgH1jKlMnOpQrSt","type":"customer"}}}}}"#;
    assert_eq!(accepted(body), engineer("ad@example.com", Vec::new()));
}

#[test]
fn a_body_that_is_no_object_is_rejected() {
    for (body, what) in [("null", "null"), ("", "empty"), ("[]", "a list"), ("{", "EOF")] {
        let problem = read(body.as_bytes()).unwrap_err().to_string();
        assert!(
            problem.starts_with("400 Bad request: the request body must be one JSON object"),
            "{problem}"
        );
        assert!(problem.contains(what), "{problem}");
    }
}

#[test]
fn a_repeated_member_is_rejected() {
    let body = r#"{"data":{"attributes":{"email":"a@example.com","email":"b@example.com"}}}"#;
    assert!(read(body.as_bytes()).unwrap_err().to_string().contains("\"email\" is there twice"));
}
