use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use super::types::{MINUTE, SECOND, duration, number, parsed};

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSection {
    /// `sqlite:path` or `postgres://…`.
    #[serde(deserialize_with = "url")]
    pub url: SecretString,
    /// Largest number of connections.
    #[serde(deserialize_with = "number::<_, _, 1, 1000>")]
    pub pool_size: u32,
    /// Longest time that a request waits for a connection. Then it fails with 503.
    #[serde(deserialize_with = "duration::<_, 1, MINUTE>")]
    pub acquire_timeout: Duration,
    /// Longest time for an answer of PostgreSQL. Then the call fails, and its connection is replaced.
    #[serde(deserialize_with = "duration::<_, SECOND, MINUTE>")]
    pub call_timeout: Duration,
    /// Longest time of a check of readiness.
    #[serde(deserialize_with = "duration::<_, 1, MINUTE>")]
    pub check_timeout: Duration,
    /// Whether connections keep prepared statements; off behind `PgBouncer` before 1.21 in transaction mode.
    pub statement_cache: bool,
    /// Whether `serve` and `worker` apply pending migrations at start. Otherwise they do not start while migrations are
    /// pending.
    pub migrate: bool,
}

fn url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    let wanted = "sqlite: and the path of a file, such as sqlite:data/usher.db, or begin with postgres:// or \
                  postgresql://";
    parsed(deserializer, wanted, |text| {
        let has = |scheme: &&str| text.strip_prefix(*scheme).is_some_and(|rest| !rest.is_empty());
        ["sqlite:", "postgres://", "postgresql://"].iter().any(has).then(|| text.into())
    })
}
