use std::path::PathBuf;

/// Why a database cannot be used. No message contains the URL or its password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The URL has the scheme of neither database.
    #[error("the database URL begins with {0:?}, but must begin with \"sqlite:\" or \"postgres://\"")]
    UnknownScheme(String),
    /// The string is not a URL.
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
