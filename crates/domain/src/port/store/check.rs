use chrono::TimeDelta;

/// How the database's clock compares with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClockReading {
    /// How far the database's clock is ahead; negative if it is behind.
    pub ahead: TimeDelta,
    /// How much `ahead` can be wrong: half of the time that reading the clock took.
    pub uncertainty: TimeDelta,
}
