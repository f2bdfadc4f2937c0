//! Limits on failed look-ups of links, for each client and in total. Without them, a client could try out links as fast as the
//! server responds.
//!
//! A look-up fails if no link was found or its key is wrong. Only failed look-ups count: a mail program may open a good link
//! many times.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    sync::atomic::{AtomicI64, Ordering},
};

use usher_domain::Timestamp;

/// The number of counters for clients. It bounds the memory: clients whose addresses have the same hash share a counter, so
/// no client can push out the counter of another one.
const COUNTERS: usize = 8192;
const MINUTE: i64 = 60_000_000;

/// Too many look-ups of this client, or of all clients, have failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many links that do not exist were opened; try again in {retry_after} seconds")]
pub struct TooManyLookups {
    /// When the next look-up is possible, in seconds.
    pub retry_after: i64,
}

/// Counts failed look-ups. Each process counts separately.
#[derive(Debug)]
pub struct LinkLookups {
    total: Allowance,
    total_counter: Counter,
    per_client: Allowance,
    client_counters: Box<[Counter]>,
    hasher: RandomState,
}

impl LinkLookups {
    /// Allows this number of failed look-ups per minute in total, and for each client. 0 means no limit.
    #[must_use]
    pub fn new(total: u32, per_client: u32) -> Self {
        Self {
            total: Allowance::new(total),
            total_counter: Counter::default(),
            per_client: Allowance::new(per_client),
            client_counters: (0..COUNTERS).map(|_| Counter::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    pub(crate) fn check(&self, client: IpAddr, now: Timestamp) -> Result<(), TooManyLookups> {
        let now = now.timestamp_micros();
        self.per_client.check(self.counter(client), now)?;
        self.total.check(&self.total_counter, now)
    }

    pub(crate) fn count(&self, client: IpAddr, now: Timestamp) {
        let now = now.timestamp_micros();
        self.per_client.count(self.counter(client), now);
        self.total.count(&self.total_counter, now);
    }

    fn counter(&self, client: IpAddr) -> &Counter {
        // A client usually has a whole /64 of IPv6.
        let hash = match client.to_canonical() {
            IpAddr::V4(address) => self.hasher.hash_one(address.octets()),
            IpAddr::V6(address) => self.hasher.hash_one(&address.octets()[..8]),
        };
        let index = usize::try_from(hash % COUNTERS as u64).unwrap_or_default();
        &self.client_counters[index]
    }
}

impl Default for LinkLookups {
    /// No limits.
    fn default() -> Self {
        Self::new(0, 0)
    }
}

/// A number of events per minute, all of which may happen at once (the generic cell rate algorithm).
#[derive(Debug, Clone, Copy)]
struct Allowance {
    /// The time after which one more event is allowed, in microseconds. 0 without a limit.
    interval: i64,
}

/// The moment at which all events have been forgotten, in microseconds.
#[derive(Debug, Default)]
struct Counter(AtomicI64);

impl Allowance {
    fn new(per_minute: u32) -> Self {
        Self { interval: MINUTE.checked_div(i64::from(per_minute)).unwrap_or(0) }
    }

    fn check(self, counter: &Counter, now: i64) -> Result<(), TooManyLookups> {
        let wait = until(counter.0.load(Ordering::Relaxed), now) + self.interval - MINUTE;
        if self.interval == 0 || wait <= 0 {
            return Ok(());
        }
        Err(TooManyLookups { retry_after: (wait + 999_999) / 1_000_000 })
    }

    fn count(self, counter: &Counter, now: i64) {
        let add = |forgotten_at| Some(now + (until(forgotten_at, now) + self.interval).min(MINUTE));
        // Cannot fail, because `add` always returns a value.
        let _previous = counter.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

/// The limit keeps this time within a minute. A clock that was set back must not extend it.
fn until(forgotten_at: i64, now: i64) -> i64 {
    (forgotten_at - now).clamp(0, MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn fail(lookups: &LinkLookups, client: &str, times: usize, seconds: i64) -> Result<(), TooManyLookups> {
        let client = client.parse().unwrap();
        for _ in 0..times {
            lookups.count(client, at(seconds));
        }
        lookups.check(client, at(seconds))
    }

    #[test]
    fn each_client_has_its_own_limit() {
        let lookups = LinkLookups::new(0, 6);
        assert_eq!(fail(&lookups, "192.0.2.1", 5, 0), Ok(()));
        assert_eq!(fail(&lookups, "192.0.2.1", 1, 0), Err(TooManyLookups { retry_after: 10 }));
        assert_eq!(fail(&lookups, "192.0.2.2", 0, 0), Ok(()));
        assert_eq!(fail(&lookups, "192.0.2.1", 0, 9), Err(TooManyLookups { retry_after: 1 }));
        assert_eq!(fail(&lookups, "192.0.2.1", 0, 10), Ok(()));
        assert_eq!(fail(&lookups, "192.0.2.1", 1, 10), Err(TooManyLookups { retry_after: 10 }));
        assert_eq!(fail(&lookups, "192.0.2.1", 5, 70), Ok(()));
    }

    #[test]
    fn networks_of_ipv6_are_one_client() {
        let lookups = LinkLookups::new(0, 6);
        assert!(fail(&lookups, "2001:db8:0:1::1", 6, 0).is_err());
        assert!(fail(&lookups, "2001:db8:0:1:ffff::2", 0, 0).is_err());
        assert!(fail(&lookups, "2001:db8:0:2::1", 0, 0).is_ok());
        assert!(fail(&lookups, "::ffff:192.0.2.1", 6, 0).is_err());
        assert!(fail(&lookups, "192.0.2.1", 0, 0).is_err(), "an address that is mapped to IPv6");
    }

    #[test]
    fn all_clients_have_a_limit_together() {
        let lookups = LinkLookups::new(60, 0);
        for client in 1..60 {
            assert_eq!(fail(&lookups, &format!("192.0.2.{client}"), 1, 0), Ok(()));
        }
        assert_eq!(fail(&lookups, "192.0.2.60", 1, 0), Err(TooManyLookups { retry_after: 1 }));
    }

    /// The wait is at most a minute, whatever happened before.
    #[test]
    fn a_flood_and_a_clock_that_is_set_back_do_not_extend_the_wait() {
        let lookups = LinkLookups::new(0, 6);
        assert_eq!(fail(&lookups, "192.0.2.1", 1000, 1000), Err(TooManyLookups { retry_after: 10 }));
        assert_eq!(fail(&lookups, "192.0.2.1", 0, 0), Err(TooManyLookups { retry_after: 10 }));
        assert_eq!(fail(&lookups, "192.0.2.1", 1, 0), Err(TooManyLookups { retry_after: 10 }));
        assert_eq!(fail(&lookups, "192.0.2.1", 0, 60), Ok(()));
    }

    #[test]
    fn zero_means_no_limit() {
        assert_eq!(fail(&LinkLookups::default(), "192.0.2.1", 1000, 0), Ok(()));
    }
}
