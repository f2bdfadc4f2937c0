use actix_web::body::MessageBody as _;
use chrono::TimeDelta;
use serde_json::Value;
use usher_app::PasswordError;
use usher_domain::{
    Timestamp,
    outbox::MailRefusal,
    port::{
        StoreError, TokenError,
        store::{Constraint, WaitLimit},
    },
    quota::{Quota, TooManyWrites, WriteCount},
    usecase::{
        accept::AcceptError, invite::InviteError, resolve::ResolveError, revoke::RevokeError, view::ViewError,
    },
};
use usher_http_kit::{
    body::BodyError,
    credentials::CredentialError,
    json::{self, Members},
};

use super::*;

fn response(problem: impl Into<FastlyProblem>) -> HttpResponse {
    problem.into().error_response()
}

fn header(response: &HttpResponse, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// Status, `msg` and `detail`. Fails when the body has other members.
fn parts(problem: impl Into<FastlyProblem>) -> (u16, String, String) {
    let response = response(problem);
    let status = response.status().as_u16();
    let body = response.into_body().try_into_bytes().unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    assert!(!text("detail").is_empty());
    (status, text("msg"), text("detail"))
}

#[track_caller]
fn assert_kind(problem: impl Into<FastlyProblem>, status: u16, msg: &str) {
    let (given, text, _) = parts(problem);
    assert_eq!((given, text.as_str()), (status, msg));
}

#[test]
fn an_error_is_plain_json_and_is_not_cached() {
    let response = response(FastlyProblem::bad_request("data is missing"));
    assert_eq!(header(&response, "content-type"), "application/json");
    assert_eq!(header(&response, "cache-control"), "no-store");
    assert_eq!(header(&response, "x-content-type-options"), "nosniff");
    assert_eq!(header(&response, "www-authenticate"), "");
    assert_eq!(header(&response, "retry-after"), "");
    let expected = (400, "Bad request".to_owned(), "data is missing".to_owned());
    assert_eq!(parts(FastlyProblem::bad_request("data is missing")), expected);
}

#[test]
fn a_missing_token_is_401_and_says_how_to_send_one() {
    let (status, msg, detail) = parts(CredentialError::Missing);
    assert_eq!((status, msg.as_str()), (401, "Provided credentials are missing or invalid"));
    assert!(detail.contains("Fastly-Key"), "{detail}");
    assert_eq!(header(&response(CredentialError::Missing), "www-authenticate"), r#"Bearer realm="usher""#);
}

#[test]
fn a_rejected_token_says_why() {
    let rejected = |error: TokenError| parts(CredentialError::Token(error));
    let (status, msg, detail) = rejected(TokenError::Expired);
    assert_eq!((status, msg.as_str()), (401, "Provided credentials are missing or invalid"));
    assert_eq!(detail, "the token has expired");
    assert_eq!(
        rejected(TokenError::Invalid { reason: "signature", message: "the signature is wrong".to_owned() }).0,
        401
    );
    assert_eq!(parts(CredentialError::Malformed).0, 401);
    assert_eq!(rejected(TokenError::EmailNotVerified).0, 403);
    assert_eq!(rejected(TokenError::KeysUnavailable { seconds: 17 }).0, 503);
    let unavailable = response(CredentialError::Token(TokenError::KeysUnavailable { seconds: 17 }));
    assert_eq!(header(&unavailable, "retry-after"), "17");
}

#[test]
fn an_unknown_id_is_repeated_up_to_64_characters() {
    let (status, msg, detail) = parts(FastlyProblem::no_invitation("a/b"));
    assert_eq!((status, msg.as_str()), (404, "Record not found"));
    assert_eq!(detail, "Cannot find invitation 'a/b'");
    let (_, _, detail) = parts(FastlyProblem::no_invitation(&"ü".repeat(1000)));
    assert_eq!(detail, format!("Cannot find invitation '{}'", "ü".repeat(64)));
}

#[test]
fn a_failure_of_the_store_is_503_or_500_without_its_cause() {
    for error in [
        StoreError::Contended,
        StoreError::Overloaded(WaitLimit::Writer),
        StoreError::Unreachable("secret host".to_owned()),
    ] {
        assert_kind(error.clone(), 503, "Service unavailable");
        assert_eq!(header(&response(error), "retry-after"), "1");
    }
    let corrupt = StoreError::Corrupt { table: "secret", column: "secret", id: 1 };
    for error in [corrupt, StoreError::Conflict(Constraint::RandomId), StoreError::defect("secret state")] {
        let (status, msg, detail) = parts(error);
        assert_eq!((status, msg.as_str()), (500, "Internal server error"));
        assert!(detail.contains("X-Request-Id") && !detail.contains("secret"), "{detail}");
    }
}

#[test]
fn unreadable_bodies_have_statuses_of_their_own() {
    assert_kind(BodyError::TooLarge, 413, "Request body too large");
    assert_kind(BodyError::TimedOut, 408, "Request timeout");
    assert_kind(BodyError::Broken, 400, "Bad request");
    assert_kind(json::read(b"null", Members::Known(&[]), |_, _| Some(())).unwrap_err(), 400, "Bad request");
}

#[test]
fn missing_permissions_are_403() {
    assert_kind(ResolveError::UnknownPerson, 403, "Forbidden");
    assert_kind(ResolveError::NoMembership, 403, "Forbidden");
    assert_kind(ResolveError::NotAMember("onward".to_owned()), 403, "Forbidden");
    assert_kind(ResolveError::ChooseAccount, 403, "Forbidden");
    assert_kind(InviteError::Forbidden, 403, "Forbidden");
    assert_kind(InviteError::AboveCeiling, 403, "Forbidden");
    assert_kind(ViewError::Forbidden, 403, "Forbidden");
    assert_kind(RevokeError::Forbidden, 403, "Forbidden");
    assert_kind(RevokeError::AboveCeiling, 403, "Forbidden");
}

#[test]
fn missing_objects_are_404() {
    assert_kind(ViewError::NotFound, 404, "Record not found");
    assert_kind(RevokeError::NotFound, 404, "Record not found");
    assert_kind(AcceptError::NotFound, 404, "Record not found");
}

#[test]
fn existing_objects_are_409() {
    let email = || "joe@example.com".to_owned();
    assert_kind(InviteError::AlreadyMember(email()), 409, "Duplicate record");
    assert_kind(InviteError::AlreadyInvited(email()), 409, "Duplicate record");
    let (_, _, detail) = parts(InviteError::AlreadyInvited(email()));
    assert!(detail.contains("joe@example.com"), "{detail}");
}

#[test]
fn a_failed_acceptance_says_what_happened_to_the_invitation() {
    for gone in [
        AcceptError::Replaced,
        AcceptError::Expired,
        AcceptError::Declined,
        AcceptError::Revoked,
        AcceptError::AlreadyAccepted,
    ] {
        let reason = gone.to_string();
        assert_eq!(parts(gone), (410, "Gone".to_owned(), reason));
    }
    for duplicate in [AcceptError::AlreadyMember, AcceptError::PasswordExists, AcceptError::SignsInElsewhere]
    {
        assert_kind(duplicate, 409, "Duplicate record");
    }
    for forbidden in [
        AcceptError::NotProven("j***@example.com".to_owned()),
        AcceptError::SponsorLostAuthority,
        AcceptError::UnknownPerson,
    ] {
        assert_kind(forbidden, 403, "Forbidden");
    }
}

#[test]
fn every_rejection_passes_on_the_failure_of_the_store() {
    let store = || StoreError::Contended;
    assert_kind(ResolveError::Store(store()), 503, "Service unavailable");
    assert_kind(InviteError::Store(store()), 503, "Service unavailable");
    assert_kind(ViewError::Store(store()), 503, "Service unavailable");
    assert_kind(RevokeError::Store(store()), 503, "Service unavailable");
    assert_kind(AcceptError::Store(store()), 503, "Service unavailable");
    assert_kind(PasswordError::Store(store()), 503, "Service unavailable");
}

#[test]
fn too_many_requests_are_429_with_retry_after() {
    let retry = |problem: FastlyProblem| header(&response(problem), "retry-after");
    assert_kind(PasswordError::Busy, 503, "Service unavailable");
    assert_eq!(retry(PasswordError::Busy.into()), "1");
    assert_kind(PasswordError::TooManyFailures { seconds: 90 }, 429, "Too many requests");
    assert_eq!(retry(PasswordError::TooManyFailures { seconds: 90 }.into()), "90");
    let late = Timestamp::from_timestamp(3583, 0).unwrap();
    let count = WriteCount { window: Timestamp::UNIX_EPOCH, writes: 11 };
    let limit = || TooManyWrites(Quota::after(count, 10, late));
    assert_kind(limit(), 429, "Hourly rate limit exceeded");
    assert_eq!(retry(limit().into()), "17");
    assert_eq!(retry(FastlyProblem::too_many("x", -3)), "1", "at least one second");
    let mail = InviteError::Mail;
    let limit = || mail(MailRefusal::MailboxLimit(TimeDelta::minutes(2)));
    assert_kind(limit(), 429, "Too many requests");
    assert_eq!(retry(limit().into()), "120");
    assert_kind(mail(MailRefusal::Declined(TimeDelta::days(1))), 403, "Forbidden");
    assert_eq!(retry(mail(MailRefusal::Declined(TimeDelta::days(1))).into()), "86400");
    assert_kind(mail(MailRefusal::Blocked), 403, "Forbidden");
    assert_kind(FastlyProblem::method_not_allowed(), 405, "Method not allowed");
}
