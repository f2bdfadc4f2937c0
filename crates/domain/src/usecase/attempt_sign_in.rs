//! Attempt to sign in with a password: decide whether the attempt may begin, and record how it ended.
//!
//! An attempt counts as failed from its beginning. So concurrent attempts are limited too, and a caller who hangs up gains
//! nothing. A right password, or a check that could not be made, takes the failure back.

use chrono::TimeDelta;

use super::unit_error;
use crate::{
    Timestamp,
    env::Env,
    idempotency::KeyDigest,
    person::Person,
    port::{StoreError, Tx, store::NewFailureCount},
    sign_in::{DelayRule, FailureCount, SignInAttempt},
};

/// How long an unused network stays known.
const NETWORK_MEMORY: TimeDelta = TimeDelta::days(90);

/// An attempt that may begin.
#[derive(Debug, Clone)]
pub struct Admission {
    /// The person with the address of the attempt.
    pub person: Option<Person>,
    network: KeyDigest,
    own: Option<KeyDigest>,
    counted: Vec<Counted>,
}

/// A counter with the failure of the attempt.
#[derive(Debug, Clone)]
struct Counted {
    name: KeyDigest,
    rule: DelayRule,
    before: Option<FailureCount>,
    with_attempt: FailureCount,
}

/// How an attempt ended that was not a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptEnd {
    /// The password was that of the person when the attempt began.
    RightPassword,
    /// The password could not be checked.
    NotChecked,
}

/// A person who has proved their password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenPerson {
    /// The person.
    pub person: Person,
    /// When the password was theirs. A token for them is issued as of this moment, so that ending their tokens ends it too,
    /// even if it is signed later.
    pub at: Timestamp,
}

/// Why an attempt may not begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttemptError {
    /// Too many attempts have failed.
    #[error("too many failed logins; try again in {seconds} seconds")]
    TooManyFailures {
        /// How long to wait.
        seconds: u32,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(AttemptError {
    Self::TooManyFailures { .. } => "too_many_failures",
});

/// Rejects an attempt that would have to wait. [`attempt_sign_in`] decides; this only spares it attempts that it would reject.
pub fn expect_admission(tx: &mut dyn Tx, env: &Env, attempt: &SignInAttempt) -> Result<(), AttemptError> {
    find_and_count(tx, env, attempt).map(drop)
}

/// Admits an attempt and counts it, or rejects it and counts nothing.
pub fn attempt_sign_in(
    tx: &mut dyn Tx,
    env: &Env,
    attempt: &SignInAttempt,
) -> Result<Admission, AttemptError> {
    let (person, counted) = find_and_count(tx, env, attempt)?;
    let counts: Vec<_> =
        counted.iter().map(|counted| counter(&counted.name, counted.rule, counted.with_attempt)).collect();
    tx.put_failed_sign_ins(&counts)?;
    let own = attempt.address.as_ref().map(|address| address.from_network.clone());
    Ok(Admission { person, network: attempt.network.clone(), own, counted })
}

/// The person of an attempt, and its counters with one more failure.
fn find_and_count(
    tx: &mut dyn Tx,
    env: &Env,
    attempt: &SignInAttempt,
) -> Result<(Option<Person>, Vec<Counted>), AttemptError> {
    let now = env.now();
    let (person, is_known) = match &attempt.address {
        Some(address) => {
            (tx.person_by_email(&address.email)?, tx.is_known_network(&address.email, &attempt.network)?)
        }
        None => (None, false),
    };
    let mut counted = Vec::new();
    for (name, rule) in attempt.counters(env.policy.sign_in_limits, is_known) {
        let before = tx.failed_sign_ins(&name)?;
        let wait = before.as_ref().map_or(TimeDelta::zero(), |before| rule.wait(before, now));
        if wait > TimeDelta::zero() {
            return Err(AttemptError::TooManyFailures { seconds: whole_seconds(wait) });
        }
        let with_attempt = rule.after_failure(before.as_ref(), now);
        counted.push(Counted { name, rule, before, with_attempt });
    }
    Ok((person, counted))
}

/// Takes back the failure of an attempt. After a right password it also clears the person's own failures, remembers the network,
/// and returns the person. `None` if there is no longer such a person, or their password has changed since the attempt began:
/// then the attempt has failed.
pub fn end_attempt(
    tx: &mut dyn Tx,
    env: &Env,
    admission: &Admission,
    end: AttemptEnd,
) -> Result<Option<ProvenPerson>, StoreError> {
    let proven = match end {
        AttemptEnd::RightPassword => {
            let Some(person) = unchanged(tx, admission)? else { return Ok(None) };
            tx.remember_network(person.id, &admission.network, env.now())?;
            // A token that is issued in the second in which the earlier tokens were ended counts as issued after it.
            let at = person.tokens_not_before.map_or(env.now(), |moment| moment.max(env.now()));
            Some(ProvenPerson { person, at })
        }
        AttemptEnd::NotChecked => None,
    };
    for counted in &admission.counted {
        let is_own = Some(&counted.name) == admission.own.as_ref();
        if is_own && end != AttemptEnd::NotChecked {
            tx.delete_failed_sign_ins(&counted.name)?;
        } else {
            take_back(tx, counted)?;
        }
    }
    Ok(proven)
}

/// The admitted person, if they still have the password that was checked.
fn unchanged(tx: &mut dyn Tx, admission: &Admission) -> Result<Option<Person>, StoreError> {
    let Some(admitted) = &admission.person else { return Ok(None) };
    let current = tx.person_by_email(&admitted.email)?;
    Ok(current.filter(|current| current.id == admitted.id && current.password == admitted.password))
}

/// Restores the count before the attempt, except for failures that other attempts have added since.
fn take_back(tx: &mut dyn Tx, counted: &Counted) -> Result<(), StoreError> {
    let Some(current) = tx.failed_sign_ins(&counted.name)? else { return Ok(()) };
    let restored = if current == counted.with_attempt {
        counted.before
    } else {
        Some(FailureCount { failures: current.failures.saturating_sub(1), ..current })
    };
    match restored.filter(|restored| restored.failures > 0) {
        Some(restored) => tx.put_failed_sign_ins(&[counter(&counted.name, counted.rule, restored)]),
        None => tx.delete_failed_sign_ins(&counted.name),
    }
}

/// Deletes up to `limit` counters that have nothing left to remember, and networks that were not used for long.
pub fn forget_sign_ins(tx: &mut dyn Tx, env: &Env, limit: u32) -> Result<usize, StoreError> {
    let now: Timestamp = env.now();
    tx.forget_sign_ins(now, now - NETWORK_MEMORY, limit)
}

fn counter(name: &KeyDigest, rule: DelayRule, count: FailureCount) -> NewFailureCount {
    NewFailureCount { name: name.clone(), count, forgotten_at: rule.forgotten_at(&count) }
}

/// Rounded up, so that an attempt after this time is not rejected again.
fn whole_seconds(wait: TimeDelta) -> u32 {
    let seconds = wait.num_milliseconds().saturating_add(999) / 1000;
    u32::try_from(seconds).unwrap_or(u32::MAX).max(1)
}
