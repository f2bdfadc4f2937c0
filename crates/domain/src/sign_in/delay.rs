use chrono::TimeDelta;

use crate::Timestamp;

/// The failures that a counter remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureCount {
    /// The number of failures.
    pub failures: u32,
    /// When the last one happened.
    pub last_at: Timestamp,
}

/// How failures delay the next attempt.
///
/// The first failures have no consequence. After that the delay begins with a second and doubles with each failure, up to a
/// maximum. The counter forgets one failure whenever that maximum passes without another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DelayRule {
    free: u32,
    longest: TimeDelta,
}

impl DelayRule {
    /// For an address from one network: guesses of one attacker, or the mistakes of the owner.
    #[must_use]
    pub const fn own(free: u32) -> Self {
        Self { free, longest: TimeDelta::minutes(15) }
    }

    /// For an address from all unknown networks. The maximum is short, so that an owner on a new network waits no longer than that
    /// once the attempts of others have stopped.
    #[must_use]
    pub const fn address(free: u32) -> Self {
        Self { free, longest: TimeDelta::minutes(1) }
    }

    /// For an unknown network, which many people may share.
    #[must_use]
    pub const fn network(free: u32) -> Self {
        Self { free, longest: TimeDelta::minutes(1) }
    }

    /// For all unknown networks together: an attack with many addresses from many networks.
    #[must_use]
    pub const fn total(free: u32) -> Self {
        Self { free, longest: TimeDelta::seconds(1) }
    }

    /// Whether failures are counted at all.
    pub(crate) const fn is_on(self) -> bool {
        self.free > 0
    }

    /// How long an attempt at `now` has to wait; zero if it may begin.
    pub(crate) fn wait(self, count: &FailureCount, now: Timestamp) -> TimeDelta {
        let delay = self.delay(count.failures);
        if delay.is_zero() {
            // Even if the last failure was counted by a clock that is a moment ahead.
            return TimeDelta::zero();
        }
        (count.last_at + delay - now).clamp(TimeDelta::zero(), self.longest)
    }

    /// The count with one more failure.
    pub(crate) fn after_failure(self, count: Option<&FailureCount>, now: Timestamp) -> FailureCount {
        let remembered = count.map_or(0, |count| self.remembered(count, now));
        FailureCount { failures: remembered.saturating_add(1), last_at: now }
    }

    /// When the counter has forgotten everything.
    pub(crate) fn forgotten_at(self, count: &FailureCount) -> Timestamp {
        count.last_at + self.longest * i32::try_from(count.failures).unwrap_or(i32::MAX).min(1_000_000)
    }

    fn remembered(self, count: &FailureCount, now: Timestamp) -> u32 {
        let forgotten = (now - count.last_at).num_seconds() / self.longest.num_seconds().max(1);
        count.failures.saturating_sub(u32::try_from(forgotten).unwrap_or(0))
    }

    fn delay(self, failures: u32) -> TimeDelta {
        let Some(excess) = failures.checked_sub(self.free) else { return TimeDelta::zero() };
        TimeDelta::seconds(1_i64 << excess.min(30)).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_710_946_165 + seconds, 0).unwrap_or_default()
    }

    /// The waits before each further attempt, if each attempt begins as early as possible and fails.
    fn waits(rule: DelayRule, attempts: usize) -> Vec<i64> {
        let (mut now, mut count) = (at(0), None);
        let wait = |_| {
            let wait = count.as_ref().map_or(TimeDelta::zero(), |count| rule.wait(count, now));
            now += wait;
            count = Some(rule.after_failure(count.as_ref(), now));
            wait.num_seconds()
        };
        (0..attempts).map(wait).collect()
    }

    #[test]
    fn the_delay_doubles_up_to_its_maximum() {
        assert_eq!(waits(DelayRule::own(3), 10), [0, 0, 0, 1, 2, 4, 8, 16, 32, 64]);
        assert_eq!(waits(DelayRule::network(1), 9), [0, 1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn a_failure_is_forgotten_after_the_maximum_delay() {
        let rule = DelayRule::network(2);
        let count = FailureCount { failures: 3, last_at: at(0) };
        assert_eq!(rule.after_failure(Some(&count), at(59)).failures, 4);
        assert_eq!(rule.after_failure(Some(&count), at(60)).failures, 3);
        assert_eq!(rule.after_failure(Some(&count), at(3600)).failures, 1);
        assert_eq!(rule.forgotten_at(&count), at(180));
    }

    #[test]
    fn the_first_failures_delay_nobody_whose_clock_is_behind() {
        let count = FailureCount { failures: 1, last_at: at(1) };
        assert_eq!(DelayRule::network(2).wait(&count, at(0)), TimeDelta::zero());
    }

    #[test]
    fn a_clock_that_went_back_delays_no_longer_than_the_maximum() {
        let rule = DelayRule::network(1);
        let count = FailureCount { failures: 2, last_at: at(3600) };
        assert_eq!(rule.wait(&count, at(0)), TimeDelta::minutes(1));
    }
}
