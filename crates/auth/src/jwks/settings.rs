use chrono::TimeDelta;

/// A JSON Web Key Set that is fetched when a token needs it (RFC 7517, 5).
#[derive(Debug, Clone)]
pub struct JwksSettings {
    /// An https URL; http for loopback hosts only.
    pub url: String,
    /// How long a fetched set is used before it is fetched again. It is used for longer while fetching fails.
    pub max_age: TimeDelta,
    /// The minimum time between two fetches, whether or not the last fetch succeeded.
    pub cooldown: TimeDelta,
}

impl JwksSettings {
    /// A maximum age of 10 minutes and a cooldown of 30 seconds.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), max_age: TimeDelta::minutes(10), cooldown: TimeDelta::seconds(30) }
    }
}

/// Why the settings of a key set are invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwksFault {
    /// Not a URL.
    #[error("must have an absolute URL")]
    NotUrl,
    /// Over a connection without TLS, an attacker could replace the keys.
    #[error("must have a URL with https (http is for loopback hosts only)")]
    Insecure,
    /// A user name or a password in the URL, which would appear in logs.
    #[error("must have a URL without user name and password")]
    Credentials,
    /// A maximum age or a cooldown under one second.
    #[error("must have a maximum age and a cooldown of at least one second")]
    Intervals,
    /// The HTTP client could not be built. The usual reason: the machine has no trusted root certificates.
    #[error("cannot be fetched: {0}")]
    Client(String),
}
