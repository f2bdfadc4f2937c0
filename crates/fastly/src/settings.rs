use chrono::TimeDelta;

/// The settings of the dialect.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long an invitation is valid after its creation.
    pub validity: TimeDelta,
}
