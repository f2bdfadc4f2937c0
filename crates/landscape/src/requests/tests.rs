use super::*;

fn problem<T>(read: Result<T, Problem>) -> String {
    read.err().expect("it was accepted").to_string()
}

fn command(body: &str) -> Result<Invite, Problem> {
    InvitationRequest::read(body.as_bytes())?.command(TimeDelta::days(14))
}

#[test]
fn an_invitation_without_roles_is_for_a_global_admin() {
    for roles in ["", r#", "roles": null"#, r#", "roles": []"#] {
        let body = format!(r#"{{"name": "Joe", "email": "joe@example.com", "unknown": 1{roles}}}"#);
        assert_eq!(command(&body).unwrap().grant, Grant::of_roles([GLOBAL_ADMIN]).unwrap());
    }
    let auditor = command(r#"{"name": "Joe", "email": "joe@example.com", "roles": ["Auditor"]}"#);
    assert_eq!(auditor.unwrap().grant, Grant::of_roles(["Auditor"]).unwrap());
}

#[test]
fn one_response_names_every_wrong_member() {
    let table = [
        ("{}", "400 MissingParameter: name is missing; email is missing"),
        (r#"{"name": 7}"#, "400 MissingParameter: name must be a string, not a number; email is missing"),
        (
            r#"{"name": 7, "email": ["x"], "roles": "Auditor"}"#,
            "400 BadRequest: name must be a string, not a number; email must be a string, not a list; roles must be a list of \
             strings",
        ),
        ("[]", "400 BadRequest: the request body must be one JSON object: it is a list"),
    ];
    for (body, expected) in table {
        assert_eq!(problem(command(body)), expected);
    }
}

#[test]
fn a_member_that_means_something_else_is_rejected() {
    let with = |member: &str| {
        problem(command(&format!(r#"{{"name": "Joe", "email": "joe@example.com", {member}}}"#)))
    };
    let role = with(r#""role": "Auditor""#);
    assert_eq!(role, "400 BadRequest: role is unknown: did you mean roles?");
    for member in ["send_email", "dry_run", "limit_services", "data", "expires_in", "locale", "if_exists"] {
        let text = with(&format!(r#""{member}": false"#));
        assert!(text.starts_with(&format!("400 BadRequest: {member} is not accepted here: ")), "{text}");
    }
    let both = with(r#""role": "Auditor", "roles": ["Auditor"]"#);
    assert!(both.starts_with("400 BadRequest: role is not accepted here: only Fastly's dialect"), "{both}");
}

#[test]
fn the_first_wrong_value_chooses_the_code() {
    let codes = |body: &str| problem(command(body)).split(':').next().map(str::to_owned).unwrap();
    assert_eq!(codes(r#"{"name": "", "email": "joe", "roles": ["Boss"]}"#), "400 InvalidEmailAddress");
    assert_eq!(codes(r#"{"name": "", "email": "joe@example.com", "roles": ["Boss"]}"#), "400 BadRequest");
    assert_eq!(codes(r#"{"name": "Joe", "email": "joe@example.com", "roles": ["Boss"]}"#), "400 UnknownRole");
}

#[test]
fn a_long_role_is_repeated_in_part() {
    let (long, part) = ("r".repeat(30_000), "r".repeat(64));
    let body = format!(r#"{{"name": "Joe", "email": "joe@example.com", "roles": ["{long}"]}}"#);
    let text = problem(command(&body));
    assert!(
        text.starts_with(&format!("400 UnknownRole: there is no role named {part}; the roles are")),
        "{text}"
    );
}

#[test]
fn a_link_needs_no_key() {
    let link = LinkRequest::read(br#"{"invitation_id": "x"}"#).unwrap();
    assert_eq!((link.invitation_id.as_str(), link.key), ("x", None));
    let wrong = LinkRequest::read(br#"{"key": 1}"#);
    assert_eq!(
        problem(wrong),
        "400 MissingParameter: invitation_id is missing; key must be a string, not a number"
    );
}

#[test]
fn a_login_is_by_email_and_password() {
    let login = |body: &str| LoginRequest::read(body.as_bytes());
    assert_eq!(
        problem(login(r#"{"identity": "jane", "password": "x"}"#)),
        "400 BadRequest: logins by identity are not available here; send email and password"
    );
    assert_eq!(problem(login("{}")), "400 MissingParameter: email is missing; password is missing");
    let minutes =
        problem(login(r#"{"email": "jane@example.com", "password": "x", "expiry_minutes": 43201}"#));
    assert_eq!(minutes, "400 BadRequest: expiry_minutes must be a whole number from 1 to 43200");
    let empty = login(r#"{"email": "jane@example.com", "password": "x", "account": ""}"#);
    assert_eq!(empty.unwrap().account, None, "an empty name chooses no account");
}
