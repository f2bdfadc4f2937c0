use std::time::Duration;

use diesel::{
    QueryResult,
    connection::{AnsiTransactionManager, SimpleConnection as _},
};
use usher_domain::port::store::Mode;
use usher_postgres::PostgresConnection;

use crate::connection::AnyConnection;

/// The settings that limit a statement or a wait for a lock on PostgreSQL, and their value. A server that is alive ends the
/// statement by itself, before the client gives up the connection.
pub(crate) fn statement_limits(call_timeout: Duration) -> [(&'static str, String); 2] {
    let limit = (call_timeout * 4 / 5).as_millis().max(1).to_string();
    [("statement_timeout", limit.clone()), ("lock_timeout", limit)]
}

/// Begins a transaction on PostgreSQL with limits. A lock or statement that takes this long has failed, and a replica that
/// stops inside of a transaction must not hold its locks forever.
///
/// The limits are sent with BEGIN, so they cost no round trip, and end with the transaction. A setting of the session would
/// reach other clients behind PgBouncer in transaction mode.
fn begin_limited(connection: &mut PostgresConnection, begin: &str) -> QueryResult<()> {
    let limits = connection.call_timeout().map(statement_limits).into_iter().flatten();
    let limits = limits.map(|(name, value)| format!("; SET LOCAL {name} = {value}"));
    let idle = "; SET LOCAL idle_in_transaction_session_timeout = '10s'".to_owned();
    let sql = [begin.to_owned()].into_iter().chain(limits).chain([idle]).collect::<String>();
    AnsiTransactionManager::begin_transaction_sql(connection, &sql)
}

/// Begins the transaction of a unit of work, which reads one snapshot on both databases.
///
/// On PostgreSQL this needs REPEATABLE READ. Compare-and-set decides between two writers at any level. At a lower level,
/// however, the loser could be rejected because of a state that never existed, such as an invitation before its acceptance
/// together with the person whom the acceptance created. PostgreSQL reports a row that changed since the snapshot as a
/// serialization failure, and the unit runs again.
///
/// A unit of mode `Look` has no transaction: each of its statements is a transaction of its own.
///
/// On SQLite a writing unit takes the write lock at once. A lock requested after a read fails if another process has written since.
pub(crate) fn begin(connection: &mut AnyConnection, mode: Mode) -> QueryResult<()> {
    match (connection, mode) {
        (_, Mode::Look) => Ok(()),
        (AnyConnection::Postgres(connection), Mode::Read) => {
            begin_limited(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
        (AnyConnection::Postgres(connection), Mode::Write) => {
            begin_limited(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ")
        }
        (AnyConnection::Sqlite(connection), Mode::Read) => {
            AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN DEFERRED")
        }
        (AnyConnection::Sqlite(connection), Mode::Write) => {
            AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")
        }
    }
}

/// Begins a transaction that excludes other processes, for migrations.
///
/// PostgreSQL's advisory lock belongs to the transaction, so it always ends with it and works behind PgBouncer. The wait for it
/// has no limit, because another replica's migrations may take long. The wait for a table's lock has one, because all other
/// sessions queue behind it. Nor do the calls of this connection have a limit any more: filling a table may take long. The
/// isolation level must be READ COMMITTED: an older snapshot would not show the migrations that the other replica applied.
pub(crate) fn begin_exclusive(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(connection) => {
            connection.set_call_timeout(None);
            AnsiTransactionManager::begin_transaction_sql(
                connection,
                // The number is "usher" in ASCII.
                "BEGIN ISOLATION LEVEL READ COMMITTED;
                 SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0;
                 SELECT pg_advisory_xact_lock(504447395186);
                 SET LOCAL lock_timeout = '10s'",
            )
        }
        AnyConnection::Sqlite(connection) => {
            connection.batch_execute("PRAGMA busy_timeout = 600000")?;
            AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")
        }
    }
}
