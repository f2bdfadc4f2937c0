use chrono::TimeDelta;

use super::store::ClockReading;
use crate::Timestamp;

/// The clock. Expiry, leases and retries depend on it alone.
pub trait Clock: Send + Sync {
    /// The current moment in whole microseconds, so that a stored moment equals the original.
    fn now(&self) -> Timestamp;

    /// Follows the database's clock, which decides for all replicas. Returns how far that clock is ahead of the machine's.
    ///
    /// By default a clock does not follow: the clocks of tests are moved by tests alone.
    fn follow(&self, _database: ClockReading) -> TimeDelta {
        TimeDelta::zero()
    }
}
