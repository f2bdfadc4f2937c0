use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;
use usher_domain::Timestamp;

use super::{Claim, InvalidToken, JwtError, object::JsonObject};

/// The latest time in a token: the end of the year 9999. A later time was most likely given in milliseconds, and would
/// keep the token valid for thousands of years.
pub(super) const LATEST_TIME: Timestamp = match Timestamp::from_timestamp(253_402_300_799, 0) {
    Some(time) => time,
    None => panic!("the year 9999 is out of range"),
};

/// Checks that the token is valid at `now`, within the leeway, and not for longer than `max_lifetime` from now on.
pub(super) fn check_times(
    claims: &JsonObject,
    leeway: TimeDelta,
    max_lifetime: TimeDelta,
    now: Timestamp,
) -> Result<(), JwtError> {
    let expiry = time_claim(claims, "exp")?.ok_or_else(|| InvalidToken::missing("exp"))?;
    // The token is invalid "on or after" its expiry (RFC 7519, 4.1.4).
    if now - leeway >= expiry {
        return Err(JwtError::Expired);
    }
    if time_claim(claims, "nbf")?.is_some_and(|begin| now + leeway < begin) {
        return Err(InvalidToken::NotYetValid.into());
    }
    if time_claim(claims, "iat")?.is_some_and(|issued| now + leeway < issued) {
        return Err(InvalidToken::IssuedInFuture.into());
    }
    if expiry - now > max_lifetime.checked_add(&leeway).unwrap_or(max_lifetime) {
        return Err(InvalidToken::Lifetime.into());
    }
    Ok(())
}

/// When the token was issued, if it says so.
pub(super) fn issued_at(claims: &JsonObject) -> Result<Option<Timestamp>, InvalidToken> {
    time_claim(claims, "iat")
}

pub(super) fn time_claim(claims: &JsonObject, name: &str) -> Result<Option<Timestamp>, InvalidToken> {
    claims.get(name).map(|value| numeric_date(value).ok_or_else(|| InvalidToken::bad(name))).transpose()
}

/// A `NumericDate`: seconds since 1970, with an optional fraction (RFC 7519, 2).
fn numeric_date(value: &Value) -> Option<Timestamp> {
    let since_1970 = match value.as_u64() {
        Some(seconds) => Duration::from_secs(seconds),
        None => Duration::try_from_secs_f64(value.as_f64()?).ok()?,
    };
    let seconds = i64::try_from(since_1970.as_secs()).ok()?;
    Timestamp::from_timestamp(seconds, since_1970.subsec_nanos()).filter(|time| *time <= LATEST_TIME)
}

/// Checks that the token is meant for Usher (RFC 7519, 4.1.3). Without a configured audience, every token with an audience is
/// rejected.
pub(super) fn check_audience(
    claims: &JsonObject,
    claim: &Claim,
    accepted: &[String],
) -> Result<(), InvalidToken> {
    let Some((place, value)) = claim.find(claims) else {
        return if accepted.is_empty() { Ok(()) } else { Err(claim.missing()) };
    };
    let named = audiences(value).ok_or_else(|| place.bad())?;
    let is_accepted = named.iter().any(|name| accepted.iter().any(|accepted| accepted == name));
    if is_accepted { Ok(()) } else { Err(InvalidToken::Audience) }
}

/// The audiences of a claim: a text or a list of texts.
pub(super) fn audiences(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(one) => Some(vec![one]),
        Value::Array(several) => several.iter().map(Value::as_str).collect(),
        _ => None,
    }
}
