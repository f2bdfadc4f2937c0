//! The write limit: how much one person may change in an hour.

use chrono::TimeDelta;

use crate::Timestamp;

/// A window of the write limit, in seconds: the hours of the clock in UTC.
const WINDOW: i64 = 3600;

/// Where a person stands against the write limit, after a write that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Writes that are let through in a window.
    pub limit: u32,
    /// Writes in this window, those that were refused included.
    pub used: u64,
    /// When the window ends and counting begins anew.
    pub resets_at: Timestamp,
    /// Whole seconds from the write to that moment, at least one.
    pub resets_in: i64,
}

impl Quota {
    /// After the `used`-th write in the window of `now`.
    #[must_use]
    pub fn at(now: Timestamp, limit: u32, used: u64) -> Self {
        let resets_at = window_of(now) + TimeDelta::seconds(WINDOW);
        Self { limit, used, resets_at, resets_in: resets_at.timestamp() - now.timestamp() }
    }

    /// How many more writes are let through.
    #[must_use]
    pub fn remaining(&self) -> u32 {
        let rest = u64::from(self.limit).saturating_sub(self.used);
        u32::try_from(rest).unwrap_or(self.limit)
    }

    /// Whether the write that was counted last is one too many.
    #[must_use]
    pub fn is_exceeded(&self) -> bool {
        self.used > u64::from(self.limit)
    }
}

/// The beginning of the window that a moment is in.
#[must_use]
pub fn window_of(now: Timestamp) -> Timestamp {
    let into = now.timestamp().rem_euclid(WINDOW);
    Timestamp::from_timestamp(now.timestamp() - into, 0).unwrap_or(now)
}

/// One write too many: nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("you have made {} changes in this hour, which is the limit", .0.limit)]
pub struct TooManyWrites(pub Quota);
