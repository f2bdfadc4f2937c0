use std::{io, net::SocketAddr, path::PathBuf};

use usher_persistence::{MigrateError, OpenError};

/// The reason why the server or a command cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be opened.
    #[error("the database cannot be opened: {0}")]
    Open(#[from] OpenError),
    /// The file of the SQLite database does not exist.
    #[error(
        "the database file {} does not exist: correct database.url, or run `usher migrate` to create the database", .0.display()
    )]
    NoDatabase(PathBuf),
    /// Migrations failed.
    #[error("the database cannot be brought up to date: {0}")]
    Migrate(#[from] MigrateError),
    /// Migrations are pending, and `database.migrate` is off.
    #[error(
        "the database lacks {0} migration(s): run `usher migrate`, or set database.migrate = true to apply them at start"
    )]
    Pending(usize),
    /// A secret, a key or an issuer is invalid.
    #[error("the settings of [auth] cannot be used: {0}")]
    Auth(String),
    /// The relay or the mailbox cannot be used.
    #[error("the settings of [mail] cannot be used: {0}")]
    Mail(String),
    /// A duration is longer than a century.
    #[error("{0} is too long")]
    Duration(&'static str),
    /// The address is in use, or belongs to another machine.
    #[error(
        "cannot listen on {address}: {source} (choose another address with server.bind or USHER__SERVER__BIND)"
    )]
    Listen {
        /// The configured address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The process may not open enough files for the configured connections.
    #[error(
        "server.max_connections = {wanted} needs {} open files, but the process may have {files}: raise its limit (`ulimit -n`, \
         LimitNOFILE of systemd), or allow fewer connections",
        wanted + reserved
    )]
    TooManyConnections {
        /// The configured connections.
        wanted: usize,
        /// The files that the process needs for other purposes.
        reserved: usize,
        /// The process's limit of open files.
        files: usize,
    },
    /// The process may not open enough files for any connection.
    #[error(
        "the process may have {files} open files, but needs {reserved} besides its connections: raise its limit (`ulimit -n`, \
         LimitNOFILE of systemd)"
    )]
    TooFewFiles {
        /// The files that the process needs besides connections.
        reserved: usize,
        /// The process's limit of open files.
        files: usize,
    },
    /// As [`Self::Listen`], for the listener for operators.
    #[error(
        "cannot listen on {address}: {source} (choose another address with server.admin_bind or USHER__SERVER__ADMIN_BIND)"
    )]
    ListenForAdmin {
        /// The configured address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The example account of development mode could not be created.
    #[error("the example account cannot be created: {0}")]
    Example(String),
    /// The database of development mode holds accounts that development mode did not create.
    #[error(
        "development mode does not change this database, because it holds accounts that development mode did not create: run \
         `usher serve`, or choose another database with database.url"
    )]
    NotForDevelopment,
    /// The worker ended without a signal.
    #[error("the worker ended unexpectedly: without it, no mail is delivered")]
    WorkerDied,
    /// Another error of the operating system.
    #[error(transparent)]
    Io(#[from] io::Error),
}
