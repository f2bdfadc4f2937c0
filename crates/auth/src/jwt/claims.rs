use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;
use usher_domain::Timestamp;

use super::{InvalidToken, JwtError, object::JsonObject};

/// The latest time in a token: the end of the year 9999. A later time was most likely given in milliseconds, and would
/// keep the token valid for thousands of years.
pub(super) const LATEST_TIME: Timestamp = match Timestamp::from_timestamp(253_402_300_799, 0) {
    Some(time) => time,
    None => panic!("the year 9999 is out of range"),
};

/// Checks that the token is valid at `now`, within the leeway.
pub(super) fn check_times(claims: &JsonObject, leeway: TimeDelta, now: Timestamp) -> Result<(), JwtError> {
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
    Ok(())
}

/// When the token was issued, if it says so.
pub(super) fn issued_at(claims: &JsonObject) -> Result<Option<Timestamp>, InvalidToken> {
    time_claim(claims, "iat")
}

fn time_claim(claims: &JsonObject, name: &str) -> Result<Option<Timestamp>, InvalidToken> {
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
pub(super) fn check_audience(claims: &JsonObject, own: Option<&str>) -> Result<(), InvalidToken> {
    let audiences: Vec<&str> = match claims.get("aud") {
        None => return if own.is_none() { Ok(()) } else { Err(InvalidToken::missing("aud")) },
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several
            .iter()
            .map(Value::as_str)
            .collect::<Option<_>>()
            .ok_or_else(|| InvalidToken::bad("aud"))?,
        Some(_) => return Err(InvalidToken::bad("aud")),
    };
    if own.is_some_and(|own| audiences.contains(&own)) { Ok(()) } else { Err(InvalidToken::Audience) }
}
