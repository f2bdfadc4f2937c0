use chrono::TimeDelta;

/// The settings of the dialect.
#[derive(Debug, Clone, Copy)]
pub struct FastlySettings {
    /// How long an invitation is valid after its creation.
    pub validity: TimeDelta,
}
