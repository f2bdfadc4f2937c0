use std::{fmt, path::PathBuf, time::Duration};

use crate::location::Location;

/// The database to use, and the limits of its connections.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseOptions {
    /// `sqlite:path` (also `sqlite://path`; everything after it is the path of the file, as it is) or `postgres://…`
    /// (also `postgresql://…`; every form of libpq's URLs, several hosts and parameters included).
    pub url: String,
    /// Most connections at once.
    pub pool_size: u32,
    /// How long a server may take to let a connection in; whole seconds count, at least two.
    pub connect_timeout: Duration,
    /// How long a unit of work without a budget of its own waits for a free connection, or for its turn to write on SQLite.
    pub acquire_timeout: Duration,
    /// Whether PostgreSQL keeps the prepared statements of a connection. Switch it off behind PgBouncer before 1.21 in transaction mode:
    /// there a connection would run the prepared statements of other clients.
    pub statement_cache: bool,
}

impl DatabaseOptions {
    /// Ten connections to that database, and prepared statements; five seconds to connect and two to wait for a connection.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            pool_size: 10,
            connect_timeout: Duration::from_secs(5),
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
            .field("connect_timeout", &self.connect_timeout)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_cache", &self.statement_cache)
            .finish()
    }
}

/// Why a database cannot be used. No message contains the URL or its password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The URL has the scheme of neither database.
    #[error("the database URL begins with {0:?}, but must begin with \"sqlite:\" or \"postgres://\"")]
    UnknownScheme(String),
    /// The text is not a URL.
    #[error("the database URL has no scheme: it must begin with \"sqlite:\" or \"postgres://\"")]
    NoScheme,
    /// A user name or password contains a character that must be escaped.
    #[error(
        "user name and password of the database URL cannot be told from the rest: write /, ?, @, : and % in them as \
         %2F, %3F, %40, %3A and %25"
    )]
    Credentials,
    /// The path after `sqlite:` is empty.
    #[error("the database URL names no file: write its path after \"sqlite:\"")]
    NoPath,
    /// `sqlite::memory:`.
    #[error(
        "a database in memory would forget every invitation at the next start: name a file after \"sqlite:\""
    )]
    InMemory,
    /// A pool without connections.
    #[error("the database needs a pool of at least one connection")]
    NoConnections,
    /// The folder of the file does not exist. It is not created, because the path may be mistyped.
    #[error("the folder {} of the database file does not exist", .0.display())]
    NoFolder(PathBuf),
    /// The file cannot be created, opened or read as a database.
    #[error("the database file {} cannot be used: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The message of the operating system or SQLite.
        reason: String,
    },
    /// PostgreSQL cannot be reached, or rejects the connection.
    #[error("PostgreSQL cannot be used: {0}")]
    Server(String),
}
