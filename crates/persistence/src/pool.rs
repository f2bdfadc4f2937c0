//! The pool of connections. A unit of work gets its own connection, with an open transaction. Units that write on
//! SQLite share one instead: see [`crate::group`].

use std::time::{Duration, Instant};

use diesel::QueryResult;
use r2d2::PooledConnection;
use usher_domain::port::{
    StoreError,
    store::{Unit, WaitLimit},
};
use usher_postgres::Loss;

use crate::{
    connection::AnyConnection, dialect, errors::store_error, generations::Generations, manager::Manager,
    open_error::OpenError, options::DatabaseOptions, write_counts::Writes,
};

/// The connections of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Connections that are open.
    pub open: u32,
    /// Open connections that no unit of work uses.
    pub idle: u32,
    /// Most connections.
    pub max: u32,
}

/// The connections to one database.
pub(crate) struct Pool {
    pool: r2d2::Pool<Manager>,
    generations: Generations,
}

impl Pool {
    /// Opens no connection yet.
    pub(crate) fn new(manager: &Manager, options: &DatabaseOptions) -> Result<Self, OpenError> {
        if options.pool_size == 0 {
            return Err(OpenError::NoConnections);
        }
        let pool = r2d2::Pool::builder()
            .max_size(options.pool_size)
            .min_idle(Some(0))
            .connection_timeout(options.acquire_timeout.max(Duration::from_millis(1)))
            .test_on_check_out(false)
            .error_handler(Box::new(Log))
            .build_unchecked(manager.clone());
        Ok(Self { pool, generations: manager.generations.clone() })
    }

    /// A connection with an open transaction. The writes are counted before the transaction begins, so that the writes of one
    /// person do not wait for each other's units.
    ///
    /// A write can be counted twice when its connection is lost after the server has counted it. The person then has
    /// one write fewer in this window; all numbers are still distinct.
    pub(crate) fn begin(
        &self,
        unit: Unit,
        writes: &mut Writes<'_>,
    ) -> Result<PooledConnection<Manager>, StoreError> {
        self.first_statements(unit.wait, |connection| {
            writes.count(connection)?;
            dialect::begin(connection, unit.mode)
        })
    }

    /// A connection without a transaction, for units that only look. The first statement shows whether the connection
    /// is alive.
    pub(crate) fn look(&self, wait: Option<Duration>) -> Result<PooledConnection<Manager>, StoreError> {
        let mut session = self.connection(wait)?;
        session.reusable = false;
        Ok(session)
    }

    fn connection(&self, wait: Option<Duration>) -> Result<PooledConnection<Manager>, StoreError> {
        let wait = wait.unwrap_or_else(|| self.pool.connection_timeout());
        let began = Instant::now();
        loop {
            let session = self.pool.get_timeout(wait.saturating_sub(began.elapsed()));
            let mut session =
                session.map_err(|error| no_connection(&error, self.pool.state().connections))?;
            if session.generation == self.generations.current() {
                return Ok(session);
            }
            session.reusable = false;
        }
    }

    /// The connections that are open. A connection that is being opened is left out.
    pub(crate) fn connections(&self) -> Connections {
        let state = self.pool.state();
        Connections { open: state.connections, idle: state.idle_connections, max: self.pool.max_size() }
    }

    /// The largest possible number of dead connections in the pool.
    pub(crate) fn size(&self) -> u32 {
        self.pool.max_size()
    }

    /// Runs the first statements on a connection and returns it. It is not reusable until its transaction has ended.
    ///
    /// The first statement fails on a connection that the server closed while it was idle. Nothing else has been done by then,
    /// so the next connection is tried until one works: a restart of the database goes unnoticed. A test before each unit would
    /// cost a round trip. A server that did not answer in time is not tried again, because the unit has waited long enough.
    fn first_statements(
        &self,
        wait: Option<Duration>,
        mut statements: impl FnMut(&mut AnyConnection) -> QueryResult<()>,
    ) -> Result<PooledConnection<Manager>, StoreError> {
        // One more attempt than there can be dead connections.
        let mut chances = self.pool.max_size();
        loop {
            let mut session = self.connection(wait)?;
            session.reusable = false;
            match statements(&mut session.connection) {
                Ok(()) => return Ok(session),
                Err(error) if chances > 0 && dialect::loss(&session.connection) == Some(Loss::Closed) => {
                    tracing::debug!(%error, "a connection died in the pool");
                    chances -= 1;
                }
                Err(error) => return Err(store_error(error)),
            }
        }
    }
}

/// r2d2's message for a wait that timed out. The cause of a failed connection attempt follows after a colon.
const TIMED_OUT: &str = "timed out waiting for connection";

/// Why a pool that has `connections` connections has none to give: connecting failed or took too long, or other units
/// use all of them.
fn no_connection(error: &r2d2::Error, connections: u32) -> StoreError {
    let message = error.to_string();
    let cause =
        message.strip_prefix(TIMED_OUT).map_or(message.as_str(), |rest| rest.trim_start_matches(": "));
    match (cause, connections) {
        ("", 0) => StoreError::Unreachable("connecting to the database takes too long".to_owned()),
        ("", _) => StoreError::Overloaded(WaitLimit::Connection),
        (cause, _) => StoreError::Unreachable(cause.to_owned()),
    }
}

/// Logs failed connection attempts. The waiting unit learns of them only when its wait times out.
#[derive(Debug)]
struct Log;

impl r2d2::HandleError<OpenError> for Log {
    fn handle_error(&self, error: OpenError) {
        tracing::warn!(%error, "cannot connect to the database");
    }
}
