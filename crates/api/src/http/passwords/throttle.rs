use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::TimeDelta;
use usher_domain::Timestamp;

/// Wrong passwords for one address before it has to wait.
const MOST_FAILURES: u32 = 10;
/// How long failures count.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Addresses that are remembered: a bound on memory, not on security.
const MOST_ADDRESSES: usize = 10_000;

/// Counts wrong passwords by address, in this process.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    failures: Mutex<HashMap<String, Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    since: Timestamp,
    count: u32,
}

impl Throttle {
    /// Lets an address try a password, or tells how many seconds it has to wait. The try counts as a failure from here
    /// on, so that any number at once is held back as well.
    pub(super) fn admit(&self, key: &str, now: Timestamp) -> Result<(), u32> {
        let mut counts = self.counts();
        if counts.len() >= MOST_ADDRESSES && !counts.contains_key(key) {
            make_room(&mut counts, now);
        }
        let failures = counts.entry(key.to_owned()).or_insert(Failures { since: now, count: 0 });
        if now >= failures.since + WINDOW {
            *failures = Failures { since: now, count: 0 };
        }
        if failures.count >= MOST_FAILURES {
            let rest = (failures.since + WINDOW - now).num_seconds().max(1);
            return Err(u32::try_from(rest).unwrap_or(u32::MAX));
        }
        failures.count += 1;
        Ok(())
    }

    /// The password was right.
    pub(super) fn forget(&self, key: &str) {
        self.counts().remove(key);
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<String, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets what no longer counts, and then addresses that failed once: a flood of invented ones is of that kind, the
/// address under attack is not.
fn make_room(counts: &mut HashMap<String, Failures>, now: Timestamp) {
    counts.retain(|_, failures| now < failures.since + WINDOW);
    if counts.len() >= MOST_ADDRESSES {
        counts.retain(|_, failures| failures.count > 1);
    }
    if counts.len() >= MOST_ADDRESSES {
        counts.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_710_946_165 + seconds, 0).unwrap()
    }

    #[test]
    fn the_eleventh_try_waits_for_the_end_of_the_window() {
        let throttle = Throttle::default();
        for n in 0..10 {
            assert_eq!(throttle.admit("joe", at(n)), Ok(()));
        }
        assert_eq!(throttle.admit("joe", at(10)), Err(890));
        assert_eq!(throttle.admit("ann", at(10)), Ok(()), "others are not held up");
        assert_eq!(throttle.admit("joe", at(900)), Ok(()));
        assert_eq!(throttle.admit("joe", at(901)), Ok(()), "counted anew");
    }

    #[test]
    fn a_right_password_forgets_the_wrong_ones() {
        let throttle = Throttle::default();
        assert!((0..10).all(|n| throttle.admit("joe", at(n)).is_ok()));
        throttle.forget("joe");
        assert!((0..10).all(|n| throttle.admit("joe", at(n)).is_ok()));
        assert!(throttle.admit("joe", at(10)).is_err());
    }

    #[test]
    fn a_flood_of_addresses_is_bounded_and_hides_nobody() {
        let throttle = Throttle::default();
        assert!((0..10).all(|n| throttle.admit("joe", at(n)).is_ok()));
        assert!((0..3 * MOST_ADDRESSES).all(|n| throttle.admit(&n.to_string(), at(10)).is_ok()));
        assert!(throttle.counts().len() <= MOST_ADDRESSES);
        assert!(throttle.admit("joe", at(11)).is_err());
    }
}
