use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;
use usher_domain::Timestamp;

use super::{InvalidToken, JwtError, object::Object};

/// The last date that a token can name: the end of the year 9999. What lies beyond was most likely given in
/// milliseconds, and would never expire.
pub(super) const LAST_MOMENT: Timestamp = match Timestamp::from_timestamp(253_402_300_799, 0) {
    Some(moment) => moment,
    None => panic!("the year 9999 is out of range"),
};

/// Whether the token is valid at `now`, give or take the leeway.
pub(super) fn check_times(claims: &Object, leeway: TimeDelta, now: Timestamp) -> Result<(), JwtError> {
    let expiry = date(claims, "exp")?.ok_or_else(|| InvalidToken::missing("exp"))?;
    // "On or after" the expiry is too late (RFC 7519, 4.1.4).
    if now - leeway >= expiry {
        return Err(JwtError::Expired);
    }
    if date(claims, "nbf")?.is_some_and(|begin| now + leeway < begin) {
        return Err(InvalidToken::NotYetValid.into());
    }
    if date(claims, "iat")?.is_some_and(|issued| now + leeway < issued) {
        return Err(InvalidToken::IssuedInFuture.into());
    }
    Ok(())
}

/// A `NumericDate`: seconds since 1970, not necessarily whole (RFC 7519, 2).
fn date(claims: &Object, name: &str) -> Result<Option<Timestamp>, InvalidToken> {
    claims.get(name).map(|value| moment(value).ok_or_else(|| InvalidToken::bad(name))).transpose()
}

fn moment(value: &Value) -> Option<Timestamp> {
    let since_1970 = match value.as_u64() {
        Some(seconds) => Duration::from_secs(seconds),
        None => Duration::try_from_secs_f64(value.as_f64()?).ok()?,
    };
    let seconds = i64::try_from(since_1970.as_secs()).ok()?;
    Timestamp::from_timestamp(seconds, since_1970.subsec_nanos()).filter(|moment| *moment <= LAST_MOMENT)
}

/// Whether the token is meant for us (RFC 7519, 4.1.3). Where no audience is configured, we are none of those that a
/// token can name: one that names anybody is refused.
pub(super) fn check_audience(claims: &Object, own: Option<&str>) -> Result<(), InvalidToken> {
    let named: Vec<&str> = match claims.get("aud") {
        None => return if own.is_none() { Ok(()) } else { Err(InvalidToken::missing("aud")) },
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several
            .iter()
            .map(Value::as_str)
            .collect::<Option<_>>()
            .ok_or_else(|| InvalidToken::bad("aud"))?,
        Some(_) => return Err(InvalidToken::bad("aud")),
    };
    if own.is_some_and(|own| named.contains(&own)) { Ok(()) } else { Err(InvalidToken::Audience) }
}
