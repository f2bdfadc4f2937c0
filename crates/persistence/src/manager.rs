//! Opens connections and decides when one is closed.

use std::time::Duration;

use diesel::{
    Connection, ConnectionError, SqliteConnection,
    connection::{CacheSize, SimpleConnection as _},
};
use usher_domain::port::StoreError;
use usher_postgres::{Loss, PostgresConnection};

use crate::{
    connection::AnyConnection,
    dialect,
    disk_full::DiskFull,
    generations::Generations,
    location::{Location, PostgresUrl},
    open_error::OpenError,
    options::DatabaseOptions,
    retry,
};

/// A connection, and whether the next unit of work may use it.
pub(crate) struct PooledSession {
    pub(crate) connection: AnyConnection,
    /// False while a transaction is open, and when its end is unknown because the unit panicked or the connection
    /// broke. Such a connection is closed instead of returned to the pool, and its transaction ends with it.
    pub(crate) reusable: bool,
    /// The generation in which this connection was opened: see [`Generations`].
    pub(crate) generation: u64,
}

/// How PostgreSQL plans the statements of a connection. SQLite has one planner for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planner {
    /// With [`dialect::UNIT_PLANNER`], for the prepared statements of units of work.
    ForUnits,
    /// With the server's own settings, for statements of any other kind.
    Default,
}

/// Opens connections to one database.
#[derive(Clone)]
pub(crate) struct Manager {
    location: Location,
    call_timeout: Duration,
    statement_cache: bool,
    pub(crate) generations: Generations,
    pub(crate) disk_full: DiskFull,
}

impl Manager {
    /// Reads the options and creates a missing database file. Opens no connection.
    pub(crate) fn new(options: &DatabaseOptions) -> Result<Self, OpenError> {
        let location = Location::parse(&options.url)?;
        if let Location::Sqlite(file) = &location {
            file.prepare()?;
        }
        Ok(Self {
            location,
            call_timeout: options.call_timeout,
            statement_cache: options.statement_cache,
            generations: Generations::default(),
            disk_full: DiskFull::default(),
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
    pub(crate) fn open(&self, planner: Planner) -> Result<AnyConnection, OpenError> {
        match &self.location {
            Location::Postgres(postgres) => {
                let mut connection = self.connect_postgres(postgres, planner)?;
                if !self.statement_cache {
                    connection.set_prepared_statement_cache_size(CacheSize::Disabled);
                }
                Ok(AnyConnection::Postgres(connection))
            }
            Location::Sqlite(file) => {
                let refused = |error: ConnectionError| file.unusable(reason(error));
                let mut connection = SqliteConnection::establish(&file.connection_url()).map_err(refused)?;
                // When two processes switch a file to WAL at the same moment, SQLite rejects both instead of waiting.
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

/// The start of PgBouncer's error message when it refuses a connection with settings that it does not pass on.
const POOLER_REFUSAL: &str = "unsupported startup parameter";

impl Manager {
    /// Connects to the server. The planner's settings and the limits of statements outside of transactions are part of the
    /// startup message, so they cost no round trip.
    ///
    /// If a pooler refuses them, a second attempt leaves them out: the pooler shares its server connections with other
    /// clients, which the settings must not affect. Plans are slower then, but never wrong, and only the client limits
    /// statements outside of transactions.
    fn connect_postgres(
        &self,
        server: &PostgresUrl,
        planner: Planner,
    ) -> Result<PostgresConnection, OpenError> {
        let connect = |settings: &[(&str, &str)]| {
            let url = server.connection_url(self.call_timeout, settings);
            PostgresConnection::connect(&url, Some(self.call_timeout))
                .map_err(|error| OpenError::Server(server.hide(&reason(error))))
        };
        let limits = dialect::statement_limits(self.call_timeout);
        let limits = limits.iter().map(|(name, value)| (*name, value.as_str()));
        match planner {
            Planner::ForUnits => {
                let settings: Vec<_> = dialect::UNIT_PLANNER.into_iter().chain(limits).collect();
                connect(&settings).or_else(|error| match &error {
                    OpenError::Server(message) if message.contains(POOLER_REFUSAL) => {
                        tracing::debug!(%error, "connects without settings for the session");
                        connect(&[])
                    }
                    _ => Err(error),
                })
            }
            Planner::Default => connect(&[]),
        }
    }
}

/// SQLite's message for a lock that another connection holds.
pub(crate) const LOCKED: &str = "database is locked";

/// SQLite's messages when the disk is full. It reports the second one when the file of shared memory cannot grow.
const DISK_FULL: [&str; 2] = ["database or disk is full", "disk I/O error"];

impl Manager {
    /// Remembers a full disk that SQLite reports to a unit. PostgreSQL's reports are found in `has_broken`.
    pub(crate) fn note_disk_full(&self, error: &StoreError) {
        if matches!(error, StoreError::Unreachable(cause) if DISK_FULL.contains(&cause.as_str())) {
            self.disk_full.suspect();
        }
    }
}

/// The cause without diesel's prefix, which is the same for all errors.
fn reason(error: ConnectionError) -> String {
    match error {
        ConnectionError::BadConnection(reason) => reason.trim_end().to_owned(),
        other => other.to_string(),
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = PooledSession;
    type Error = OpenError;

    fn connect(&self) -> Result<PooledSession, OpenError> {
        let generation = self.generations.current();
        Ok(PooledSession { connection: self.open(Planner::ForUnits)?, reusable: true, generation })
    }

    /// Never called by the pool: the first statement of a unit finds a dead connection without another round trip; see
    /// [`crate::pool`].
    fn is_valid(&self, _session: &mut PooledSession) -> Result<(), OpenError> {
        Ok(())
    }

    /// Also ends the generation of a connection whose server does not answer or does not accept writes.
    fn has_broken(&self, session: &mut PooledSession) -> bool {
        let loss = dialect::loss(&session.connection);
        if matches!(loss, Some(Loss::Silent | Loss::ReadOnly)) {
            self.generations.end(session.generation);
        }
        let is_full = dialect::found_disk_full(&session.connection);
        if is_full {
            self.disk_full.suspect();
        }
        // A connection that has reported a full disk would report it again and again.
        is_full || loss.is_some() || !session.reusable
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
        thread,
    };

    use diesel::{RunQueryDsl as _, connection::TransactionManager as _, dsl::sql, select, sql_types::Text};
    use usher_domain::port::store::Mode;
    use usher_testbed::PostgresServer;

    use super::*;
    use crate::connection::Transactions;

    fn manager(url: &str) -> Manager {
        Manager::new(&DatabaseOptions::new(url)).unwrap()
    }

    fn setting(connection: &mut AnyConnection, name: &str) -> String {
        select(sql::<Text>(&format!("current_setting('{name}')"))).get_result(connection).unwrap()
    }

    #[test]
    fn only_connections_for_units_have_the_planner_settings() {
        let database = PostgresServer::shared().unwrap().create_database().unwrap();
        let url = database.url();
        // The URL's own options are kept.
        for url in [url.to_owned(), format!("{url}?options=-c%20geqo%3Doff&application_name=test")] {
            let manager = manager(&url);
            let mut for_units = manager.open(Planner::ForUnits).unwrap();
            let mut default = manager.open(Planner::Default).unwrap();
            for (name, value) in dialect::UNIT_PLANNER {
                assert_eq!(setting(&mut for_units, name), value, "{name} with {url}");
                assert_ne!(setting(&mut default, name), value, "{name} with {url}");
            }
            let geqo = if url.contains("geqo") { "off" } else { "on" };
            assert_eq!(
                [&mut for_units, &mut default].map(|connection| setting(connection, "geqo")),
                [geqo; 2]
            );
        }
    }

    /// Behind a pooler in transaction mode, other clients use the session after each transaction. Poolers keep the two remaining
    /// settings apart.
    #[test]
    fn a_unit_leaves_no_setting_behind_in_its_session() {
        let database = PostgresServer::shared().unwrap().create_database().unwrap();
        // Without startup options, as behind a pooler.
        let mut connection = manager(database.url()).open(Planner::Default).unwrap();
        let limits = ["statement_timeout", "lock_timeout"];
        for mode in [Mode::Look, Mode::Read, Mode::Write] {
            dialect::begin(&mut connection, mode).unwrap();
            if mode != Mode::Look {
                assert_eq!(limits.map(|name| setting(&mut connection, name)), ["4s"; 2]);
                Transactions::commit_transaction(&mut connection).unwrap();
            }
            assert_eq!(limits.map(|name| setting(&mut connection, name)), ["0"; 2]);
            let set = "(SELECT string_agg(name, ',' ORDER BY name COLLATE \"C\") FROM pg_settings WHERE source = 'session')";
            let set: String = select(sql::<Text>(set)).get_result(&mut connection).unwrap();
            assert_eq!(set, "TimeZone,client_encoding");
        }
    }

    /// PgBouncer refuses a startup message with settings that it does not know.
    #[test]
    fn a_pooler_that_refuses_the_planner_settings_is_asked_without_them() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!(
            "postgres://usher@{}/usher?sslmode=disable&gssencmode=disable",
            listener.local_addr().unwrap()
        );
        let starts = thread::spawn(move || {
            let start = || {
                let (mut client, _) = listener.accept().unwrap();
                let mut start = [0; 4096];
                let length = client.read(&mut start).unwrap();
                let fields = format!("SFATAL\0C08P01\0M{POOLER_REFUSAL}: options\0\0");
                let length_of_fields = u32::try_from(fields.len() + 4).unwrap().to_be_bytes();
                client.write_all(&[b"E", &length_of_fields[..], fields.as_bytes()].concat()).unwrap();
                String::from_utf8_lossy(&start[..length]).contains("enable_seqscan")
            };
            [start(), start()]
        });
        let Err(OpenError::Server(error)) = manager(&url).open(Planner::ForUnits).map(drop) else {
            panic!("a connection without a server")
        };
        assert!(error.contains(POOLER_REFUSAL), "{error}");
        assert_eq!(starts.join().unwrap(), [true, false]);
    }
}
