use chrono::TimeDelta;
use insta::assert_json_snapshot;
use usher_domain::{
    outbox::MailRefusal,
    port::{
        StoreError, TokenError,
        store::{Constraint, WaitLimit},
    },
    usecase::{invite::InviteError, resend::ResendError},
};
use usher_http_kit::credentials::CredentialError;

use super::*;

fn header(problem: &Problem, name: impl actix_web::http::header::AsHeaderName) -> Option<String> {
    let response = problem.error_response();
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
}

#[test]
fn an_error_has_a_code_a_message_and_a_null() {
    assert_json_snapshot!(Problem::not_found("there is no such invitation").body, @r#"
    {
      "detail": null,
      "error": "NotFound",
      "message": "there is no such invitation"
    }
    "#);
}

#[test]
fn transient_failures_are_503_and_tell_when_to_come_back() {
    let failures = [
        StoreError::Contended,
        StoreError::Overloaded(WaitLimit::Permit),
        StoreError::Unreachable("down".into()),
    ];
    for failure in failures {
        let problem = Problem::from(failure);
        assert_eq!(problem.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(header(&problem, RETRY_AFTER).as_deref(), Some("1"));
        assert_eq!(problem.body.error, "ServiceUnavailable");
    }
}

#[test]
fn defects_are_500_and_reveal_nothing() {
    let defects = [
        StoreError::Conflict(Constraint::RandomId),
        StoreError::Corrupt { table: "people", column: "email", id: 7 },
        StoreError::defect("secret"),
    ];
    for defect in defects {
        let problem = Problem::from(defect);
        assert_eq!(
            problem.to_string(),
            "500 InternalServerError: something is wrong on our side; quote the X-Request-Id of this answer"
        );
        assert_eq!(header(&problem, RETRY_AFTER), None);
    }
}

#[test]
fn a_401_says_how_to_send_a_token() {
    let problem = Problem::from(CredentialError::Missing);
    assert_eq!(header(&problem, WWW_AUTHENTICATE).as_deref(), Some(r#"Bearer realm="usher""#));
    assert_eq!(header(&Problem::not_found("x"), WWW_AUTHENTICATE), None);
}

#[test]
fn tokens_are_rejected_by_their_reason() {
    let invalid = TokenError::Invalid { reason: "signature", message: "the signature is wrong".to_owned() };
    let table = [
        (invalid, "401 Unauthorized: the signature is wrong"),
        (TokenError::Expired, "401 Unauthorized: the token has expired"),
        (
            TokenError::EmailNotVerified,
            "403 Forbidden: the token's issuer does not confirm that the e-mail address is the holder's",
        ),
        (
            TokenError::KeysUnavailable { seconds: 17 },
            "503 ServiceUnavailable: the keys of the token's issuer cannot be reached; try again",
        ),
    ];
    for (error, expected) in table {
        assert_eq!(Problem::from(CredentialError::from(error)).to_string(), expected);
    }
    let unavailable = Problem::from(CredentialError::from(TokenError::KeysUnavailable { seconds: 17 }));
    assert_eq!(header(&unavailable, RETRY_AFTER).as_deref(), Some("17"));
}

#[test]
fn refused_mails_tell_when_to_come_back() {
    let table = [
        (MailRefusal::MailboxLimit(TimeDelta::minutes(2)), "429 TooManyRequests: this mailbox", Some("120")),
        (MailRefusal::TooSoon(TimeDelta::seconds(7)), "429 TooManyRequests: a mail was sent", Some("7")),
        (
            MailRefusal::Declined(TimeDelta::days(1)),
            "403 Forbidden: the owner of this address declined",
            Some("86400"),
        ),
        (MailRefusal::Blocked, "403 Forbidden: the owner of this address does not want", None),
    ];
    for (refusal, text, wait) in table {
        for problem in [Problem::from(InviteError::Mail(refusal)), ResendError::Mail(refusal).into()] {
            assert!(problem.to_string().starts_with(text), "{problem}");
            assert_eq!(header(&problem, RETRY_AFTER).as_deref(), wait);
        }
    }
}

#[test]
fn several_problems_share_one_response() {
    let problems = [Problem::invalid_email("email is wrong"), Problem::bad_request("name is wrong")];
    let joined = Problem::joined(problems.into_iter());
    assert_eq!(joined.to_string(), "400 InvalidEmailAddress: email is wrong; name is wrong");
}
