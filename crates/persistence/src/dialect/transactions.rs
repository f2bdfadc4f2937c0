use diesel::{
    QueryResult,
    connection::{AnsiTransactionManager, SimpleConnection as _},
};
use usher_domain::port::store::Mode;

use crate::connection::AnyConnection;

/// The limits of a transaction on PostgreSQL. A lock or statement that takes this long has failed, and a replica that stops
/// inside of a transaction must not hold its locks forever. The limits are sent with BEGIN, so they cost no round trip.
/// Settings of the connection would be lost behind PgBouncer in transaction mode.
macro_rules! limited {
    ($begin:literal) => {
        concat!(
            $begin,
            "; SET LOCAL lock_timeout = '10s'; SET LOCAL statement_timeout = '10s'; ",
            "SET LOCAL idle_in_transaction_session_timeout = '10s'",
        )
    };
}

/// Begins the transaction of a unit of work, which reads one snapshot on both databases.
///
/// On PostgreSQL this needs REPEATABLE READ. Compare-and-set decides between two writers at any level. At a lower level,
/// however, the loser could be rejected because of a state that never existed, such as an invitation before its acceptance
/// together with the person whom the acceptance created. PostgreSQL reports a row that changed since the snapshot as a
/// serialization failure, and the unit runs again.
///
/// A unit of mode `Look` has no transaction: each of its statements stands alone.
///
/// On SQLite a writing unit takes the write lock at once. A lock requested after a read fails if another process has written since.
pub(crate) fn begin(connection: &mut AnyConnection, mode: Mode) -> QueryResult<()> {
    match (connection, mode) {
        (_, Mode::Look) => Ok(()),
        (AnyConnection::Postgres(connection), Mode::Read) => AnsiTransactionManager::begin_transaction_sql(
            connection,
            limited!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        ),
        (AnyConnection::Postgres(connection), Mode::Write) => AnsiTransactionManager::begin_transaction_sql(
            connection,
            limited!("BEGIN ISOLATION LEVEL REPEATABLE READ"),
        ),
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
/// sessions queue behind it. The isolation level must be READ COMMITTED: an older snapshot would not show the migrations that
/// the other replica applied.
pub(crate) fn begin_exclusive(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(connection) => AnsiTransactionManager::begin_transaction_sql(
            connection,
            // The number is "usher" in ASCII.
            "BEGIN ISOLATION LEVEL READ COMMITTED;
             SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0;
             SELECT pg_advisory_xact_lock(504447395186);
             SET LOCAL lock_timeout = '10s'",
        ),
        AnyConnection::Sqlite(connection) => {
            connection.batch_execute("PRAGMA busy_timeout = 600000")?;
            AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")
        }
    }
}
