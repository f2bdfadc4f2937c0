//! The write limit: how much one person may change in an hour.

use chrono::TimeDelta;

use crate::Timestamp;

/// A window of the write limit: an hour of the clock in UTC, so that all replicas agree on it without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The full hour.
    pub begins_at: Timestamp,
    /// The next full hour, with which the next window begins.
    pub ends_at: Timestamp,
}

impl Window {
    /// In seconds.
    const LENGTH: i64 = 3600;

    /// The one that a moment is in.
    #[must_use]
    pub fn of(moment: Timestamp) -> Self {
        let into = moment.timestamp().rem_euclid(Self::LENGTH);
        let begins_at = Timestamp::from_timestamp(moment.timestamp() - into, 0).unwrap_or(moment);
        Self { begins_at, ends_at: begins_at + TimeDelta::seconds(Self::LENGTH) }
    }
}

/// What a store answers to one more write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteCount {
    /// When the window that it was counted in began.
    pub window: Timestamp,
    /// Writes of the person in that window, with this one.
    pub writes: u64,
}

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
    /// After a write at `now` that was counted.
    #[must_use]
    pub fn after(count: WriteCount, limit: u32, now: Timestamp) -> Self {
        let resets_at = Window::of(count.window).ends_at;
        let resets_in = (resets_at.timestamp() - now.timestamp()).max(1);
        Self { limit, used: count.writes, resets_at, resets_in }
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

/// One write too many: nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the limit of {} writes an hour is reached; those that were refused count too", .0.limit)]
pub struct TooManyWrites(pub Quota);
