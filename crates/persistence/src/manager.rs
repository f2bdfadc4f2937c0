//! How connections come into being and when they are thrown away.

use std::time::Duration;

use diesel::{
    Connection, ConnectionError, PgConnection, SqliteConnection,
    connection::{CacheSize, SimpleConnection as _},
};

use usher_domain::port::StoreError;

use crate::{
    connection::AnyConnection,
    dialect,
    location::Location,
    options::{DatabaseOptions, OpenError},
    retry,
};

/// A connection, and whether the next unit of work may have it.
pub(crate) struct Session {
    pub(crate) connection: AnyConnection,
    /// False while a transaction is open, and for ever after anything whose end is not known: a unit that panicked, a
    /// connection that broke. Then it is closed instead of going back, and its transaction ends with it.
    pub(crate) reusable: bool,
}

/// Opens connections to one database.
#[derive(Clone)]
pub(crate) struct Manager {
    location: Location,
    connect_timeout: Duration,
    statement_cache: bool,
}

impl Manager {
    /// Reads the options; makes the database file where there is none, but connects to nothing.
    pub(crate) fn new(options: &DatabaseOptions) -> Result<Self, OpenError> {
        let location = Location::parse(&options.url)?;
        if let Location::Sqlite(file) = &location {
            file.prepare()?;
        }
        Ok(Self {
            location,
            connect_timeout: options.connect_timeout,
            statement_cache: options.statement_cache,
        })
    }

    /// Whether the database lets several units write at once.
    pub(crate) fn writes_in_parallel(&self) -> bool {
        match self.location {
            Location::Postgres(_) => true,
            Location::Sqlite(_) => false,
        }
    }

    /// A new connection, ready for work.
    pub(crate) fn open(&self) -> Result<AnyConnection, OpenError> {
        match &self.location {
            Location::Postgres(postgres) => {
                let url = postgres.connection_url(self.connect_timeout);
                let refused = |error: ConnectionError| OpenError::Server(postgres.hide(&reason(error)));
                let mut connection = PgConnection::establish(&url).map_err(refused)?;
                if !self.statement_cache {
                    connection.set_prepared_statement_cache_size(CacheSize::Disabled);
                }
                let set_up = connection.batch_execute(dialect::POSTGRES_SESSION);
                set_up.map_err(|error| OpenError::Server(postgres.hide(&error.to_string())))?;
                Ok(AnyConnection::Postgres(connection))
            }
            Location::Sqlite(file) => {
                let refused = |error: ConnectionError| file.unusable(reason(error));
                let mut connection = SqliteConnection::establish(&file.connection_url()).map_err(refused)?;
                // Two processes that make a file into one with a log at the same moment keep each other from it, and SQLite, which
                // would wait for anything else, sends both away.
                let set_up = retry::until_uncontended(|| {
                    connection.batch_execute(dialect::SQLITE_SESSION).map_err(|error| {
                        match error.to_string() {
                            locked if locked == LOCKED => StoreError::Contended,
                            other => StoreError::Unreachable(other),
                        }
                    })
                });
                set_up.map_err(|error| match error {
                    StoreError::Unreachable(reason) => file.unusable(reason),
                    _ => file.unusable(LOCKED.to_owned()),
                })?;
                Ok(AnyConnection::Sqlite(connection))
            }
        }
    }
}

/// SQLite's words for a lock that somebody else has.
const LOCKED: &str = "database is locked";

/// The cause itself: diesel puts the same words before each.
fn reason(error: ConnectionError) -> String {
    match error {
        ConnectionError::BadConnection(reason) => reason.trim_end().to_owned(),
        other => other.to_string(),
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = Session;
    type Error = OpenError;

    fn connect(&self) -> Result<Session, OpenError> {
        Ok(Session { connection: self.open()?, reusable: true })
    }

    /// Nothing to do: the pool does not ask, because the first statement of a unit finds out without a further round
    /// trip; see [`crate::pool`].
    fn is_valid(&self, _session: &mut Session) -> Result<(), OpenError> {
        Ok(())
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        !session.reusable
    }
}
