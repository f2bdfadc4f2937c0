//! The write limit: how many writes one person may make in an hour.

use chrono::TimeDelta;

use crate::Timestamp;

/// A window of the write limit: a full hour in UTC, so that all replicas agree on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The beginning of the hour.
    pub begins_at: Timestamp,
    /// The beginning of the next window.
    pub ends_at: Timestamp,
}

impl Window {
    /// In seconds.
    const LENGTH: i64 = 3600;

    /// The window that contains a moment.
    #[must_use]
    pub fn of(moment: Timestamp) -> Self {
        let into = moment.timestamp().rem_euclid(Self::LENGTH);
        let begins_at = Timestamp::from_timestamp(moment.timestamp() - into, 0).unwrap_or(moment);
        Self { begins_at, ends_at: begins_at + TimeDelta::seconds(Self::LENGTH) }
    }
}

/// The count of a write, as the store returns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteCount {
    /// When the window that the write was counted in began.
    pub window: Timestamp,
    /// Writes of the person in that window, including this one.
    pub writes: u64,
}

/// A person's use of the write limit after a counted write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Maximum writes in a window.
    pub limit: u32,
    /// Writes in this window, including rejected ones.
    pub used: u64,
    /// When the window ends and the count starts again.
    pub resets_at: Timestamp,
    /// Seconds from the write to the end of the window, at least one.
    pub resets_in: i64,
}

impl Quota {
    /// The quota after a counted write at `now`.
    #[must_use]
    pub fn after(count: WriteCount, limit: u32, now: Timestamp) -> Self {
        let resets_at = Window::of(count.window).ends_at;
        let resets_in = (resets_at.timestamp() - now.timestamp()).max(1);
        Self { limit, used: count.writes, resets_at, resets_in }
    }

    /// Writes that are left in the window.
    #[must_use]
    pub fn remaining(&self) -> u32 {
        let rest = u64::from(self.limit).saturating_sub(self.used);
        u32::try_from(rest).unwrap_or(self.limit)
    }

    /// Whether the last counted write is over the limit.
    #[must_use]
    pub fn is_exceeded(&self) -> bool {
        self.used > u64::from(self.limit)
    }
}

/// The write is over the limit, and was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the limit of {} writes an hour is reached; rejected writes count too", .0.limit)]
pub struct TooManyWrites(pub Quota);
