use chrono::TimeDelta;

/// A JSON Web Key Set that is fetched when a token needs it (RFC 7517, 5).
#[derive(Debug, Clone)]
pub struct JwksSettings {
    /// Where the set is.
    pub location: KeyLocation,
    /// Accepts http URLs of every host. Without it, only hosts on this machine may use http.
    pub insecure: bool,
    /// How long a fetched set is used before it is fetched again. It is used for longer while fetching fails.
    pub max_age: TimeDelta,
    /// How long a fetched set is used while fetching fails. A key that the issuer withdraws after its theft is accepted for no
    /// longer than this, even if an attacker keeps Usher from reaching the issuer.
    pub max_stale: TimeDelta,
    /// The minimum time between two fetches, whether or not the last fetch succeeded.
    pub cooldown: TimeDelta,
}

/// Where an issuer's key set is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyLocation {
    /// At this URL.
    Url(String),
    /// At the URL that the issuer's configuration names (OpenID Connect Discovery, 4). Carries the issuer's `iss`.
    Discovery(String),
}

impl JwksSettings {
    /// A set at a URL, with a maximum age of 10 minutes, of a day while fetching fails, and a cooldown of 30 seconds.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self::at(KeyLocation::Url(url.into()))
    }

    /// A set that the issuer's configuration names, with the same times.
    #[must_use]
    pub fn discovered(issuer: impl Into<String>) -> Self {
        Self::at(KeyLocation::Discovery(issuer.into()))
    }

    fn at(location: KeyLocation) -> Self {
        Self {
            location,
            insecure: false,
            max_age: TimeDelta::minutes(10),
            max_stale: TimeDelta::days(1),
            cooldown: TimeDelta::seconds(30),
        }
    }
}

/// Why the settings of a key set are invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwksFault {
    /// Not a URL.
    #[error("must have an absolute URL")]
    NotUrl,
    /// Over a connection without TLS, an attacker could replace the keys.
    #[error("must have a URL with https (http is for loopback hosts only, unless insecure_jwks_url is set)")]
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
