use chrono::TimeDelta;
use usher_domain::Timestamp;

/// Keeps mails from being tried one by one while the relay cannot be reached. After a failure to connect, nothing is
/// claimed for a while; then a single mail tests the relay before the others are claimed.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    open_until: Option<Timestamp>,
}

/// Longest pause between two tries of an unreachable relay.
const LONGEST: TimeDelta = TimeDelta::seconds(30);

impl Breaker {
    /// How many mails may be claimed when there is room for `places`.
    pub(super) fn allowed(&self, places: usize, now: Timestamp) -> u32 {
        match self.open_until {
            Some(until) if now < until => 0,
            Some(_) => u32::from(places > 0),
            None => u32::try_from(places).unwrap_or(u32::MAX),
        }
    }

    /// The relay answered.
    pub(super) fn close(&mut self) {
        if self.open_until.take().is_some() {
            tracing::info!("the mail relay is reachable again");
        }
        self.failures = 0;
    }

    /// The relay could not be reached. Of several deliveries that fail in the same pause only the first counts.
    pub(super) fn open(&mut self, now: Timestamp) {
        if self.open_until.is_some_and(|until| now < until) {
            return;
        }
        let pause = TimeDelta::seconds(1 << self.failures.min(5)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.open_until = Some(now + pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn pauses_double_and_one_mail_tries_the_way() {
        let mut breaker = Breaker::default();
        assert_eq!(breaker.allowed(4, at(0)), 4);
        breaker.open(at(0));
        breaker.open(at(0));
        assert_eq!(breaker.allowed(4, at(0)), 0);
        assert_eq!(breaker.allowed(4, at(1)), 1, "half open");
        assert_eq!(breaker.allowed(0, at(1)), 0, "a probe needs a place as well");
        breaker.open(at(1));
        assert_eq!(breaker.allowed(4, at(2)), 0, "the second pause is two seconds");
        assert_eq!(breaker.allowed(4, at(3)), 1);
        breaker.close();
        assert_eq!(breaker.allowed(4, at(3)), 4);
    }

    #[test]
    fn the_pause_never_grows_beyond_half_a_minute() {
        let mut breaker = Breaker::default();
        let mut now = 0;
        for _ in 0..20 {
            breaker.open(at(now));
            assert_eq!(breaker.allowed(1, at(now + 30)), 1);
            now += 30;
        }
        assert_eq!(breaker.allowed(1, at(now)), 1);
    }
}
