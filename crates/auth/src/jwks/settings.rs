use chrono::TimeDelta;

/// A JSON Web Key Set that is fetched when a token needs it (RFC 7517, 5).
#[derive(Debug, Clone)]
pub struct JwksSettings {
    /// An https URL; http for loopback hosts only.
    pub url: String,
    /// How long a fetched set is used without asking again. It is used longer while the issuer does not answer.
    pub max_age: TimeDelta,
    /// Least time between two fetches, whatever tokens ask for and whether or not the last one worked.
    pub cooldown: TimeDelta,
}

impl JwksSettings {
    /// Asks again after 10 minutes, and at most every 30 seconds.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), max_age: TimeDelta::minutes(10), cooldown: TimeDelta::seconds(30) }
    }
}

/// What is wrong with the settings of a key set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwksFault {
    /// Not a URL.
    #[error("must have an absolute URL")]
    NotUrl,
    /// Whoever can change the answer could make keys of their own.
    #[error("must have a URL with https (http is for loopback hosts only)")]
    Insecure,
    /// They would show in logs.
    #[error("must have a URL without user name and password")]
    Credentials,
    /// Under a second.
    #[error("must have a maximum age and a cooldown of at least one second")]
    Times,
    /// The HTTP client could not be made: most often, the machine has no trusted root certificates.
    #[error("cannot be fetched: {0}")]
    Client(String),
}
