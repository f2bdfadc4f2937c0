use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;

use crate::{Timestamp, port::Clock};

/// A clock that moves only when a test moves it.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    /// A clock at this second since 1970.
    #[must_use]
    pub fn at(seconds: i64) -> Self {
        Self(Mutex::new(Timestamp::from_timestamp(seconds, 0).unwrap_or_default()))
    }

    /// Moves the clock.
    pub fn advance(&self, by: TimeDelta) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }
}

/// 20 March 2024, 14:49:25 UTC: the moment of the samples in Landscape's reference.
impl Default for FixedClock {
    fn default() -> Self {
        Self::at(1_710_946_165)
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
