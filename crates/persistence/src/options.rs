use std::{fmt, time::Duration};

use crate::location::Location;

/// The database to use, and the limits of its connections.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseOptions {
    /// `sqlite:path` (also `sqlite://path`; everything after it is the path of the file, taken as is) or `postgres://…`
    /// (also `postgresql://…`; every form of libpq's URLs, several hosts and parameters included).
    pub url: String,
    /// The maximum number of connections.
    pub pool_size: u32,
    /// How long a call of a server may take before its connection is given up. Connecting may take half of it, rounded up to
    /// whole seconds, at least two. The server itself ends statements and waits for locks a little earlier.
    pub call_timeout: Duration,
    /// How long a unit of work without its own budget waits for a free connection, or for its turn to write on SQLite.
    pub acquire_timeout: Duration,
    /// Whether PostgreSQL keeps the prepared statements of a connection. Switch it off behind PgBouncer before 1.21 in
    /// transaction mode: there a connection would run the prepared statements of other clients.
    pub statement_cache: bool,
}

impl DatabaseOptions {
    /// Options for that database: ten connections, prepared statements, five seconds for a call, and two seconds to wait
    /// for a connection.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            pool_size: 10,
            call_timeout: Duration::from_secs(5),
            acquire_timeout: Duration::from_secs(2),
            statement_cache: true,
        }
    }
}

/// Shows the URL without its password.
impl fmt::Debug for DatabaseOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseOptions")
            .field("url", &Location::masked(&self.url))
            .field("pool_size", &self.pool_size)
            .field("call_timeout", &self.call_timeout)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_cache", &self.statement_cache)
            .finish()
    }
}
