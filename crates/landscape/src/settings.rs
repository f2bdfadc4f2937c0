use chrono::TimeDelta;

/// The settings of the dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LandscapeSettings {
    /// Whether a body must be declared as `application/json`. Otherwise its declared type is ignored.
    pub strict_content_type: bool,
    /// How long an invitation of this dialect is valid.
    pub validity: TimeDelta,
}
