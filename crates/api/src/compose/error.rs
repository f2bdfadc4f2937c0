use std::{io, net::SocketAddr};

use usher_persistence::{MigrateError, OpenError};

/// Why the server, or a command, cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be opened.
    #[error("the database cannot be opened: {0}")]
    Open(#[from] OpenError),
    /// Migrations failed.
    #[error("the database cannot be brought up to date: {0}")]
    Migrate(#[from] MigrateError),
    /// Migrations are pending and may not be applied.
    #[error(
        "the database lacks {0} migration(s): run `usher migrate`, or let usher do it with database.migrate = true"
    )]
    Pending(usize),
    /// A secret, a key or an issuer.
    #[error("the settings of [auth] cannot be used: {0}")]
    Auth(String),
    /// The relay or the mailbox.
    #[error("the settings of [mail] cannot be used: {0}")]
    Mail(String),
    /// A duration of more than a century.
    #[error("{0} is too long")]
    Duration(&'static str),
    /// The address is taken, or belongs to another machine.
    #[error(
        "cannot listen on {address}: {source} (choose another address with server.bind or USHER__SERVER__BIND)"
    )]
    Listen {
        /// The configured address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The development account could not be made.
    #[error("the example account cannot be made: {0}")]
    Example(String),
    /// Development mode met a database that it did not make.
    #[error(
        "this database holds accounts that development mode did not make, so it is left alone: run `usher serve`, or \
         choose another one with database.url"
    )]
    NotForDevelopment,
    /// The worker ended by itself.
    #[error("the worker died; mails would not be delivered any more")]
    WorkerDied,
    /// Anything else that the system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}
