//! The operating system's clock and random number generator, and the clock that follows the database's.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{SubsecRound as _, TimeDelta};
use usher_domain::{
    Timestamp,
    port::{Clock, Entropy, store::ClockReading},
};

/// The clock of the operating system.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port's implementation")]
    fn now(&self) -> Timestamp {
        let since_epoch =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX);
        Timestamp::from_timestamp(seconds, since_epoch.subsec_nanos()).unwrap_or_default().trunc_subsecs(6)
    }
}

/// Differences up to this one are not corrected, so that time does not step back and forth with each reading.
const SLACK: TimeDelta = TimeDelta::milliseconds(10);

/// The machine's clock, corrected by what the database's clock says. So all replicas judge leases, expiry and tokens by one clock,
/// even if a machine's own is wrong.
pub struct DatabaseClock {
    machine: Arc<dyn Clock>,
    /// How far the database's clock is ahead, in microseconds.
    ahead: AtomicI64,
}

impl DatabaseClock {
    /// A clock that shows the machine's time until the first reading.
    #[must_use]
    pub fn over(machine: Arc<dyn Clock>) -> Self {
        Self { machine, ahead: AtomicI64::new(0) }
    }

    fn ahead(&self) -> TimeDelta {
        TimeDelta::microseconds(self.ahead.load(Ordering::Relaxed))
    }
}

impl Clock for DatabaseClock {
    fn now(&self) -> Timestamp {
        self.machine.now() + self.ahead()
    }

    /// A reading is relative to this clock, which earlier readings have corrected already.
    fn follow(&self, database: ClockReading) -> TimeDelta {
        if let Some(step) = database.ahead.num_microseconds()
            && database.ahead.abs() > database.uncertainty.max(SLACK)
        {
            self.ahead.fetch_add(step, Ordering::Relaxed);
        }
        self.ahead()
    }
}

/// The operating system's random generator.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the port's implementation")]
    #[expect(
        clippy::panic,
        reason = "secrets without randomness can be guessed, so the process must not continue"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the operating system returns no randomness: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use usher_domain::testkit::FixedClock;

    use super::*;

    fn reading(ahead: TimeDelta, uncertainty: TimeDelta) -> ClockReading {
        ClockReading { ahead, uncertainty }
    }

    #[test]
    fn the_clock_follows_the_database() {
        let machine = Arc::new(FixedClock::default());
        let clock = DatabaseClock::over(Arc::clone(&machine) as _);
        let (zero, moment) = (TimeDelta::zero(), TimeDelta::milliseconds(1));
        assert_eq!(clock.now(), machine.now());
        assert_eq!(clock.follow(reading(TimeDelta::minutes(-10), moment)), TimeDelta::minutes(-10));
        assert_eq!(clock.now(), machine.now() - TimeDelta::minutes(10));
        // The next reading agrees: nothing is corrected twice.
        assert_eq!(clock.follow(reading(zero, moment)), TimeDelta::minutes(-10));
        assert_eq!(clock.follow(reading(TimeDelta::milliseconds(10), moment)), TimeDelta::minutes(-10));
        // The machine's clock is set right.
        machine.advance(TimeDelta::minutes(-10));
        assert_eq!(clock.follow(reading(TimeDelta::minutes(10), moment)), zero);
        assert_eq!(clock.now(), machine.now());
    }

    #[test]
    fn an_uncertain_reading_corrects_nothing() {
        let clock = DatabaseClock::over(Arc::new(FixedClock::default()));
        let second = TimeDelta::seconds(1);
        assert_eq!(clock.follow(reading(second, second)), TimeDelta::zero());
        assert_eq!(clock.follow(reading(second, second / 2)), second);
    }

    #[test]
    fn two_fills_differ() {
        let (mut first, mut second) = ([0; 32], [0; 32]);
        SystemEntropy.fill(&mut first);
        SystemEntropy.fill(&mut second);
        assert!(first != second && first != [0; 32] && second != [0; 32]);
    }
}
