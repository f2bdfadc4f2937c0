//! Invalid bodies: each has a specific error and changes nothing.

use insta::assert_json_snapshot;
use reqwest::Method;

use crate::harness::{Backend, Setup, on_both_databases};

on_both_databases!(invalid_invitations_are_rejected_with_a_specific_error, an_address_is_invited_once);

fn invalid_invitations_are_rejected_with_a_specific_error(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let long = format!(r#"{{"name": "{}", "email": "joe@example.com"}}"#, "x".repeat(65));
    let table: &[(&str, &str, &str)] = &[
        ("", "BadRequest", "the request body must be one JSON object: it is empty"),
        ("null", "BadRequest", "it is null"),
        ("[]", "BadRequest", "it is a list"),
        ("\"x\"", "BadRequest", "it is a string"),
        ("7", "BadRequest", "it is a number"),
        ("name=Bobby&email=bobby%40ubuntu.com", "BadRequest", "the request body must be one JSON object"),
        ("{", "BadRequest", "EOF"),
        (r#"{"name": "Joe", "email": "joe@example.com"} x"#, "BadRequest", "trailing"),
        (
            r#"{"name": "Joe", "name": "Ann", "email": "joe@example.com"}"#,
            "BadRequest",
            "\"name\" is there twice",
        ),
        (r#"{"x": {"a": 1, "a": 2}, "name": "Joe", "email": "joe@example.com"}"#, "BadRequest", "twice"),
        ("{\"name\": \"J\u{0}\", \"email\": \"joe@example.com\"}", "BadRequest", "control character"),
        ("{}", "MissingParameter", "name is missing; email is missing"),
        (r#"{"name": "Joe"}"#, "MissingParameter", "email is missing"),
        (r#"{"name": null, "email": "joe@example.com"}"#, "MissingParameter", "name is missing"),
        (
            r#"{"name": 7, "email": ["x"]}"#,
            "BadRequest",
            "name must be a string, not a number; email must be a string, not a list",
        ),
        (
            r#"{"name": "Joe", "email": "joe@example.com", "roles": "Auditor"}"#,
            "BadRequest",
            "roles must be a list of strings",
        ),
        (
            r#"{"name": "Joe", "email": "joe@example.com", "roles": [1]}"#,
            "BadRequest",
            "roles must be a list of strings",
        ),
        (
            r#"{"name": "Joe", "email": "joe@example.com", "roles": ["Boss"]}"#,
            "UnknownRole",
            "there is no role named Boss",
        ),
        (
            r#"{"name": "Joe", "email": "joe@example.com", "roles": [""]}"#,
            "UnknownRole",
            "there is no role named ",
        ),
        (r#"{"name": "Joe", "email": "joe"}"#, "InvalidEmailAddress", "email must be one e-mail address"),
        (r#"{"name": "Joe", "email": ""}"#, "InvalidEmailAddress", "email must be"),
        (r#"{"name": "Joe", "email": "joe@localhost"}"#, "InvalidEmailAddress", "full domain"),
        (r#"{"name": "Joe", "email": "a@example.com,b@example.com"}"#, "InvalidEmailAddress", "email"),
        (
            r#"{"name": "Joe", "email": "joe@example.com\r\nBcc: x@example.com"}"#,
            "InvalidEmailAddress",
            "email",
        ),
        (r#"{"name": "", "email": "joe@example.com"}"#, "BadRequest", "name must not be empty"),
        (
            r#"{"name": "Joe\r\nBcc: x@example.com", "email": "joe@example.com"}"#,
            "BadRequest",
            "name must be a single line",
        ),
        (
            r#"{"name": "see https://evil.example", "email": "joe@example.com"}"#,
            "BadRequest",
            "name must not contain a web",
        ),
        (r#"{"name": "<b>Joe</b>", "email": "joe@example.com"}"#, "BadRequest", "name must not contain <"),
        (
            r#"{"name": "", "email": "joe", "roles": ["Boss"]}"#,
            "InvalidEmailAddress",
            "email must be one e-mail address such as name@example.com; name must not be empty; there is no role named \
             Boss; the roles are GlobalAdmin, Auditor",
        ),
        (&long, "BadRequest", "name must have at most 64 characters"),
    ];
    for (text, error, message) in table {
        let response = jane.post_text("/api/v2/invitations", "application/json", text);
        let (status, code, said) = response.problem();
        assert_eq!((status, code.as_str()), (400, *error), "{text:?}: {said}");
        assert!(said.contains(message), "{text:?}: {said}");
    }
    let bytes = jane.request(Method::POST, "/api/v2/invitations").body(vec![b'{', 0xFF, b'}']);
    crate::harness::send(bytes).expect(400);
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    jane.post_text("/api/v2/invitations", "application/json", &deep).expect(400);
    assert_eq!(jane.get("/api/v2/invitations").json()["count"], 0);
    assert_eq!(server.scene.read(|tx| tx.next_mail_due()), None, "no mail was queued");
}

fn an_address_is_invited_once(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let invite = |email: &str| {
        jane.post("/api/v2/invitations", &crate::harness::invitation_body("Joe", email, &["Auditor"]))
    };
    invite("  Joe@Example.com ").expect(200);
    let repeated = invite("joe@example.COM").problem();
    assert_eq!((repeated.0, repeated.1.as_str()), (400, "RepeatedInvitation"));
    let member = invite("jane@example.com").problem();
    assert_eq!((member.0, member.1.as_str()), (400, "RepeatedInvitation"));
    assert!(member.2.contains("already a member"), "{}", member.2);
    assert_eq!(jane.get("/api/v2/invitations").json()["count"], 1);
    assert_eq!(jane.get("/api/v2/invitations").json()["results"][0]["email"], "Joe@Example.com");
}

#[test]
fn unknown_fields_are_ignored_and_never_stored() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let text = r#"{"name": "Joe", "email": "joe@example.com", "id": 77, "secure_id": "mine", "account": "x",
        "creation_time": "1999-01-01T00:00:00Z", "nickname": "Joey"}"#;
    jane.post_text("/api/v2/invitations", "application/json", text).expect(200);
    assert_json_snapshot!(jane.get("/api/v2/invitations/1").expect(200).json(), @r#"
    {
      "account": "Onward, Inc.",
      "creation_time": "2024-03-20T14:49:25Z",
      "email": "joe@example.com",
      "id": 1,
      "name": "Joe",
      "secure_id": "3urZgWAW0Nzwa3IyIn113YloILvnqK"
    }
    "#);
    assert!(!setup.backend.dump().contains("mine"));
}

#[test]
fn members_and_parameters_that_mean_something_else_are_rejected() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let post = |path: &str, member: &str| {
        let body = format!(r#"{{"name": "Joe", "email": "joe@example.com", {member}}}"#);
        let (status, code, message) = jane.post_text(path, "application/json", &body).problem();
        assert_eq!((status, code.as_str()), (400, "BadRequest"), "{message}");
        message
    };
    let path = "/api/v2/invitations";
    assert_eq!(post(path, r#""role": "Auditor""#), "role is unknown: did you mean roles?");
    for member in ["send_email", "dryRun", "status", "expires_at", "limit_services"] {
        let message = post(path, &format!(r#""{member}": false"#));
        assert!(message.starts_with(&format!("{member} is not accepted here: ")), "{message}");
    }
    let trial = post("/api/v2/invitations?dry_run=true", r#""x": 1"#);
    assert!(trial.starts_with("the query parameter dry_run is not accepted here: "), "{trial}");
    let list = jane.get(path).expect(200).json();
    assert_eq!(list["count"], 0, "nobody was invited");
    for query in ["status=accepted", "Limit=1", "page[size]=1", "email=joe@example.com"] {
        assert_eq!(jane.get(&format!("{path}?{query}")).problem().0, 400, "{query}");
    }
    jane.get(&format!("{path}?x=1&limit=1")).expect(200);
    jane.get(&format!("{path}/1?status=x")).expect(400);
    jane.delete(&format!("{path}/1?dry_run=1")).expect(400);
    jane.get(&format!("{path}/{}/summary?status=x", "x".repeat(30))).expect(400);
}

#[test]
fn invalid_acceptances_are_rejected_by_member() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    for path in ["/api/v2/accept-invitation", "/api/v2/reject-invitation"] {
        let post = |text: &str| jane.post_text(path, "application/json", text);
        assert_eq!(post("{}").problem().2, "invitation_id is missing");
        assert_eq!(
            post(r#"{"invitation_id": 4}"#).problem().2,
            "invitation_id must be a string, not a number"
        );
        let key = post(r#"{"invitation_id": "x", "key": 1}"#);
        assert_eq!(key.problem().2, "key must be a string, not a number");
        post(r#"{"invitation_id": "x"}"#).expect(404);
    }
}
