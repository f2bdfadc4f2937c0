use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_auth::{InvalidToken, IssuerSettings, JwtError};
use usher_domain::Timestamp;

use crate::support::{NOW, at, claims_with, now, shared, token, verifier};

fn with_leeway(seconds: i64) -> IssuerSettings {
    IssuerSettings { leeway: TimeDelta::seconds(seconds), max_lifetime: TimeDelta::MAX, ..shared() }
}

async fn outcome(settings: IssuerSettings, changes: Value, now: Timestamp) -> Result<(), JwtError> {
    verifier([settings]).verify(&token(&claims_with(changes)), now).await.map(drop)
}

const EXPIRED: Result<(), JwtError> = Err(JwtError::Expired);
const NOT_YET: Result<(), JwtError> = Err(JwtError::Invalid(InvalidToken::NotYetValid));
const ISSUED_IN_FUTURE: Result<(), JwtError> = Err(JwtError::Invalid(InvalidToken::IssuedInFuture));

#[tokio::test]
async fn expiry_is_exact_to_the_second() {
    for (leeway, expiry, expected) in [
        (30, NOW - 29, Ok(())),
        (30, NOW - 30, EXPIRED),
        (30, NOW - 31, EXPIRED),
        (60, NOW - 59, Ok(())),
        (60, NOW - 60, EXPIRED),
        (0, NOW + 1, Ok(())),
        (0, NOW, EXPIRED),
        (30, 0, EXPIRED),
        (30, 253_402_300_799, Ok(())),
        (30, 253_402_300_800, Err(InvalidToken::BadClaim("exp".into()).into())),
    ] {
        let outcome = outcome(with_leeway(leeway), json!({ "exp": expiry, "iat": 0 }), now()).await;
        assert_eq!(outcome, expected, "leeway {leeway}, exp {expiry}");
    }
    let just_before = now() - TimeDelta::microseconds(1);
    assert_eq!(outcome(with_leeway(30), json!({ "exp": NOW - 30 }), just_before).await, Ok(()));
}

#[tokio::test]
async fn the_default_leeway_is_thirty_seconds() {
    assert_eq!(outcome(shared(), json!({ "exp": NOW - 29 }), now()).await, Ok(()));
    assert_eq!(outcome(shared(), json!({ "exp": NOW - 30 }), now()).await, EXPIRED);
}

#[tokio::test]
async fn nbf_and_iat_are_exact_to_the_second() {
    for (leeway, ahead, valid) in [
        (30, -1, true),
        (30, 0, true),
        (30, 30, true),
        (30, 31, false),
        (60, 60, true),
        (60, 61, false),
        (0, 0, true),
        (0, 1, false),
        (30, 10_000_000, false),
    ] {
        let begin = outcome(with_leeway(leeway), json!({ "nbf": NOW + ahead }), now()).await;
        assert_eq!(begin, if valid { Ok(()) } else { NOT_YET }, "leeway {leeway}, nbf {ahead:+}");
        let issue = outcome(with_leeway(leeway), json!({ "iat": NOW + ahead }), now()).await;
        assert_eq!(issue, if valid { Ok(()) } else { ISSUED_IN_FUTURE }, "leeway {leeway}, iat {ahead:+}");
    }
    assert_eq!(outcome(shared(), json!({ "iat": null }), now()).await, Ok(()), "iat may be absent");
    assert_eq!(outcome(shared(), json!({ "iat": 0, "nbf": 0 }), now()).await, Ok(()));
}

/// A token that is valid for years is of use for years after its theft.
#[tokio::test]
async fn a_token_expires_within_the_longest_lifetime() {
    const DAY: i64 = 24 * 60 * 60;
    let too_late = Err(JwtError::Invalid(InvalidToken::Lifetime));
    let hour = IssuerSettings { max_lifetime: TimeDelta::hours(1), ..shared() };
    for (settings, lifetime, expected) in [
        (shared(), 31 * DAY, Ok(())),
        (shared(), 31 * DAY + 30, Ok(())),
        (shared(), 31 * DAY + 31, too_late.clone()),
        (shared(), 50 * 365 * DAY, too_late.clone()),
        (hour.clone(), 3600, Ok(())),
        (hour, 3631, too_late),
    ] {
        let outcome = outcome(settings, json!({ "exp": NOW + lifetime }), now()).await;
        assert_eq!(outcome, expected, "{lifetime} s");
    }
}

/// A `NumericDate` may have a fraction (RFC 7519, 2).
#[tokio::test]
async fn fractions_of_a_second_count() {
    let half = at(NOW) + TimeDelta::milliseconds(500);
    for (expiry, expected) in [
        (json!(1_725_000_000.25), EXPIRED),
        (json!(1_725_000_000.5), EXPIRED),
        (json!(1_725_000_000.75), Ok(())),
        (json!(1_725_003_600.0), Ok(())),
        (json!(1.725_003_6e9), Ok(())),
    ] {
        assert_eq!(outcome(with_leeway(0), json!({ "exp": expiry }), half).await, expected, "{expiry}");
    }
}

/// The verifier uses the time that the caller passes, not the system's clock.
#[tokio::test]
async fn times_are_compared_with_the_callers_time() {
    let verifier = verifier([shared()]);
    let token = token(&claims_with(json!({ "iat": 1000, "exp": 2000 })));
    assert!(verifier.verify(&token, at(1500)).await.is_ok());
    assert_eq!(verifier.verify(&token, at(900)).await, Err(InvalidToken::IssuedInFuture.into()));
    assert_eq!(verifier.verify(&token, at(2030)).await, Err(JwtError::Expired));
    assert_eq!(verifier.verify(&token, Timestamp::MAX_UTC).await, Err(JwtError::Expired));
}
