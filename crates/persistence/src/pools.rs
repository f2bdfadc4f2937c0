//! Connections that are kept, and how a unit of work gets one with its transaction open.

use std::time::Duration;

use diesel::QueryResult;
use r2d2::PooledConnection;
use usher_domain::port::{StoreError, store::Mode};

use crate::{
    connection::AnyConnection,
    dialect,
    errors::store_error,
    manager::{Manager, Session},
    options::{DatabaseOptions, OpenError},
};

/// The connections to one database.
pub(crate) struct Pools {
    reading: r2d2::Pool<Manager>,
    writing: r2d2::Pool<Manager>,
}

impl Pools {
    /// Connects nothing yet: connections are made when they are needed.
    ///
    /// SQLite lets one unit write at a time, so its writers share one connection. Waiting for it in the pool wakes the
    /// next one at once and in turn; waiting for the file's lock polls, up to a tenth of a second at a time.
    pub(crate) fn new(manager: &Manager, options: &DatabaseOptions) -> Result<Self, OpenError> {
        if options.pool_size == 0 {
            return Err(OpenError::NoConnections);
        }
        let reading = pool(manager, options, options.pool_size);
        let writing = if manager.writes_in_parallel() { reading.clone() } else { pool(manager, options, 1) };
        Ok(Self { reading, writing })
    }

    /// A connection of its own with an open transaction.
    pub(crate) fn begin(&self, mode: Mode) -> Result<PooledConnection<Manager>, StoreError> {
        let pool = match mode {
            Mode::Look | Mode::Read => &self.reading,
            Mode::Write => &self.writing,
        };
        first_statement(pool, |session| dialect::begin(&mut session.connection, mode))
            .map(|(session, ())| session)
    }

    /// A connection of its own without a transaction, for looking only. Whether it still lives is for its first statement to
    /// find out.
    pub(crate) fn look(&self) -> Result<PooledConnection<Manager>, StoreError> {
        let mut session = self.reading.get().map_err(|error| no_connection(&error))?;
        session.reusable = false;
        Ok(session)
    }

    /// How many connections can have died while they lay here.
    pub(crate) fn most(&self) -> u32 {
        self.reading.max_size()
    }

    /// Runs one writing statement outside of any transaction, whose effect may be lost when the machine dies.
    ///
    /// It runs again if its connection was lost, so it may have had its effect twice: the server may have done it before
    /// the connection broke.
    pub(crate) fn unflushed<T>(
        &self,
        statement: impl Fn(&mut AnyConnection) -> QueryResult<T>,
    ) -> Result<T, StoreError> {
        let run = |session: &mut Session| {
            let (end, as_before) = dialect::unflushed(&mut session.connection, &statement);
            session.reusable = as_before;
            end
        };
        first_statement(&self.writing, run).map(|(_, answer)| answer)
    }
}

/// Runs the first statement on a connection from the pool; answers both. Unless the statement says otherwise, the
/// connection cannot be used again.
///
/// Connections that the server has closed while they lay here are found out by this statement, when nothing else has
/// been done yet. They are thrown away until one works, so a restart of the database goes unnoticed, and nobody pays a
/// round trip to ask whether a connection still lives: only after an error is it asked, because how a connection died
/// decides what diesel calls it.
fn first_statement<T>(
    pool: &r2d2::Pool<Manager>,
    statement: impl Fn(&mut Session) -> QueryResult<T>,
) -> Result<(PooledConnection<Manager>, T), StoreError> {
    // One more than there can be dead ones.
    let mut chances = pool.max_size();
    loop {
        let mut session = pool.get().map_err(|error| no_connection(&error))?;
        session.reusable = false;
        match statement(&mut session) {
            Ok(answer) => return Ok((session, answer)),
            Err(error) if dialect::is_lost(&mut session.connection) => {
                session.reusable = false;
                if chances == 0 {
                    return Err(store_error(error));
                }
                tracing::debug!(%error, "a connection died in the pool");
                chances -= 1;
            }
            Err(error) => return Err(store_error(error)),
        }
    }
}

fn pool(manager: &Manager, options: &DatabaseOptions, size: u32) -> r2d2::Pool<Manager> {
    r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .connection_timeout(options.acquire_timeout.max(Duration::from_millis(1)))
        .test_on_check_out(false)
        .error_handler(Box::new(Log))
        .build_unchecked(manager.clone())
}

/// The pool's words, and why connecting failed if that is the reason.
fn no_connection(error: &r2d2::Error) -> StoreError {
    StoreError::Unavailable(format!("no connection became free in time: {error}"))
}

/// Tells the log that connecting failed; the unit that waits learns it too, but only after its time.
#[derive(Debug)]
struct Log;

impl r2d2::HandleError<OpenError> for Log {
    fn handle_error(&self, error: OpenError) {
        tracing::warn!(%error, "cannot connect to the database");
    }
}
