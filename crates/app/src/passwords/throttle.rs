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
/// Most addresses in memory. The limit is there to bound memory, not for security.
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
    /// Attempts in progress.
    running: u32,
}

impl Failures {
    fn begin(now: Timestamp) -> Self {
        Self { since: now, count: 0, running: 0 }
    }

    fn is_blocked(&self, now: Timestamp) -> bool {
        self.count >= MOST_FAILURES && now < self.since + WINDOW
    }
}

/// Why an address may not try a password now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocked {
    /// It failed too often.
    TooManyFailures {
        /// How long to wait.
        seconds: u32,
    },
    /// So many attempts are running that the limit would be exceeded if all of them failed.
    TooManyAttempts,
}

impl Throttle {
    /// Admits an attempt for an address. The attempt counts from now on, so that concurrent attempts are limited too; each
    /// admitted attempt has to be ended by [`Throttle::end`].
    pub(super) fn admit(&self, key: &str, now: Timestamp) -> Result<(), Blocked> {
        let mut counts = self.counts();
        if counts.len() >= MOST_ADDRESSES && !counts.contains_key(key) {
            make_room(&mut counts, now);
        }
        let failures = counts.entry(key.to_owned()).or_insert_with(|| Failures::begin(now));
        if now >= failures.since + WINDOW {
            *failures = Failures { running: failures.running, ..Failures::begin(now) };
        }
        if failures.is_blocked(now) {
            let rest = (failures.since + WINDOW - now).num_seconds().max(1);
            return Err(Blocked::TooManyFailures { seconds: u32::try_from(rest).unwrap_or(u32::MAX) });
        }
        if failures.count + failures.running >= MOST_FAILURES {
            return Err(Blocked::TooManyAttempts);
        }
        failures.running += 1;
        Ok(())
    }

    /// Ends an attempt. The password was right or wrong, or could not be checked (`None`), which does not count.
    pub(super) fn end(&self, key: &str, right: Option<bool>) {
        let mut counts = self.counts();
        let Some(failures) = counts.get_mut(key) else { return };
        failures.running = failures.running.saturating_sub(1);
        match right {
            Some(true) => failures.count = 0,
            Some(false) => failures.count += 1,
            None => {}
        }
        if failures.count == 0 && failures.running == 0 {
            counts.remove(key);
        }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<String, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes addresses whose window is over; if that is not enough, those that are not blocked. Blocked addresses stay: to evict
/// them, an attacker would have to fail ten times for each of ten thousand others.
fn make_room(counts: &mut HashMap<String, Failures>, now: Timestamp) {
    counts.retain(|_, failures| failures.running > 0 || now < failures.since + WINDOW);
    if counts.len() >= MOST_ADDRESSES {
        counts.retain(|_, failures| failures.running > 0 || failures.is_blocked(now));
    }
    if counts.len() >= MOST_ADDRESSES {
        let oldest = counts.iter().min_by_key(|(_, failures)| failures.since).map(|(key, _)| key.clone());
        oldest.map(|key| counts.remove(&key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_710_946_165 + seconds, 0).unwrap()
    }

    fn fail(throttle: &Throttle, key: &str, now: Timestamp) {
        assert_eq!(throttle.admit(key, now), Ok(()));
        throttle.end(key, Some(false));
    }

    #[test]
    fn the_eleventh_attempt_waits_for_the_end_of_the_window() {
        let throttle = Throttle::default();
        (0..10).for_each(|n| fail(&throttle, "joe", at(n)));
        assert_eq!(throttle.admit("joe", at(10)), Err(Blocked::TooManyFailures { seconds: 890 }));
        assert_eq!(throttle.admit("ann", at(10)), Ok(()), "others are not held up");
        fail(&throttle, "joe", at(900));
        assert_eq!(throttle.admit("joe", at(901)), Ok(()), "counted anew");
    }

    #[test]
    fn a_right_password_resets_the_count() {
        let throttle = Throttle::default();
        (0..9).for_each(|n| fail(&throttle, "joe", at(n)));
        assert_eq!(throttle.admit("joe", at(9)), Ok(()));
        throttle.end("joe", Some(true));
        (0..10).for_each(|n| fail(&throttle, "joe", at(n)));
        assert!(throttle.admit("joe", at(10)).is_err());
    }

    #[test]
    fn concurrent_attempts_are_limited_and_are_no_failures() {
        let throttle = Throttle::default();
        assert!((0..10).all(|_| throttle.admit("joe", at(0)).is_ok()));
        assert_eq!(throttle.admit("joe", at(0)), Err(Blocked::TooManyAttempts));
        (0..9).for_each(|_| throttle.end("joe", None));
        throttle.end("joe", Some(true));
        assert!((0..10).all(|_| throttle.admit("joe", at(0)).is_ok()), "nothing was wrong");
    }

    #[test]
    fn a_flood_of_addresses_is_bounded_and_unblocks_none() {
        let throttle = Throttle::default();
        (0..10).for_each(|n| fail(&throttle, "joe", at(n)));
        for n in 0..3 * MOST_ADDRESSES {
            (0..2).for_each(|_| fail(&throttle, &n.to_string(), at(10)));
        }
        assert!(throttle.counts().len() <= MOST_ADDRESSES);
        assert!(throttle.admit("joe", at(11)).is_err());
    }
}
