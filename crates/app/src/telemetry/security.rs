//! Security events: lines that a person who watches for attacks wants to see, at a tracing target of their own.
//!
//! The lines name neither a secret nor the address of a person. The request's span adds its id and the address of its client.

use metrics::counter;
use usher_domain::{
    port::{TokenError, store::UnitError as _},
    usecase::resolve::ResolveError,
};

use super::catalogue::SECURITY_EVENTS;

/// The target of the events, for `log.filter`.
const TARGET: &str = "usher::security";

/// Logs that nobody was signed in with a password.
pub(crate) fn login_failed(reason: &'static str) {
    counter!(SECURITY_EVENTS, "event" => "login_failed", "reason" => reason).increment(1);
    tracing::info!(target: TARGET, reason, "login failed");
}

/// Counts that a token was refused. The authenticator logs the event, because it knows the issuer and the key. A token that
/// could not be checked was not refused.
pub fn token_refused(error: &TokenError) {
    match error {
        TokenError::KeysUnavailable { .. } => {}
        TokenError::Invalid { reason, .. } => count_refused(reason),
        TokenError::Expired | TokenError::EmailNotVerified => count_refused(error.code()),
    }
}

/// Logs that the store knows no member for a token. A caller who has to choose an account was not refused.
pub fn caller_refused(error: &ResolveError) {
    match error {
        ResolveError::ChooseAccount | ResolveError::Store(_) => {}
        ResolveError::InvalidToken
        | ResolveError::UnknownPerson
        | ResolveError::NoMembership
        | ResolveError::NotAMember(_)
        | ResolveError::SignedOut
        | ResolveError::IssuerElsewhere => refused(error.code()),
    }
}

fn refused(reason: &'static str) {
    count_refused(reason);
    tracing::info!(target: TARGET, reason, "token refused");
}

fn count_refused(reason: &'static str) {
    counter!(SECURITY_EVENTS, "event" => "token_refused", "reason" => reason).increment(1);
}
