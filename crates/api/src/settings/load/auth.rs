//! `[auth]`

use std::time::Duration;

use secrecy::SecretString;

use super::{Mode, issuers};
use crate::settings::{
    Auth, Development,
    development::{draw, keep_secret, kept_secret},
    reader::Reader,
    secrets::HOW_TO_MAKE_ONE,
};

const SECRET: &str = "auth.secret";
const PREVIOUS: &str = "auth.previous_secrets";

/// Clocks that differ by more are broken (RFC 7519 speaks of "a few minutes" at most; a minute is generous with NTP).
const MAX_LEEWAY: Duration = Duration::from_mins(1);

/// Nobody means a login token of more than a month: it cannot be taken back.
const MAX_TOKEN_LIFETIME: Duration = Duration::from_hours(31 * 24);

pub(super) fn read(r: &Reader, mode: Mode, development: &Development) -> Auth {
    let secret = r.secret(SECRET);
    let previous_secrets = r.secrets(PREVIOUS);
    if let Some(secret) = &secret {
        r.must_be_strong(SECRET, secret);
    }
    for secret in &previous_secrets {
        r.must_be_strong(PREVIOUS, secret);
    }
    let issuer = r.text("auth.issuer");
    Auth {
        secret: secret.unwrap_or_else(|| unconfigured(r, mode, development)),
        previous_secrets,
        audience: r.text("auth.audience"),
        leeway: r.duration("auth.leeway", &(Duration::ZERO..=MAX_LEEWAY)),
        token_lifetime: r.duration("auth.token_lifetime", &(Duration::from_mins(1)..=MAX_TOKEN_LIFETIME)),
        issuers: issuers::read(r, mode, issuer.as_deref()),
        issuer,
    }
}

/// The secret where none is configured. An empty one is a stand-in for a problem that was noted.
fn unconfigured(r: &Reader, mode: Mode, development: &Development) -> SecretString {
    if r.has(SECRET) {
        return SecretString::default();
    }
    let secret = match mode {
        Mode::Tool => Ok(draw()),
        Mode::Development => keep_secret(&development.directory),
        Mode::Signing => kept_secret(&development.directory).unwrap_or_else(|| Err(missing())),
        Mode::Production => Err(missing()),
    };
    secret.unwrap_or_else(|text| {
        r.refuse(SECRET, text);
        SecretString::default()
    })
}

fn missing() -> String {
    format!("is missing: {HOW_TO_MAKE_ONE} and keep it; auth.secret_file can name a file that holds it")
}
