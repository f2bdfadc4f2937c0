use diesel::{
    QueryResult,
    connection::{AnsiTransactionManager, SimpleConnection as _},
};
use usher_domain::port::store::Mode;

use crate::connection::AnyConnection;

/// Limits of a transaction on PostgreSQL: a lock or a statement that takes this long has gone wrong, and a replica that
/// stopped inside of a transaction must not hold its locks for ever. They travel with BEGIN, so they cost no round
/// trip; as settings of the connection they would be lost behind a PgBouncer in transaction mode, or refused.
macro_rules! limited {
    ($begin:literal) => {
        concat!(
            $begin,
            "; SET LOCAL lock_timeout = '10s'; SET LOCAL statement_timeout = '10s'; ",
            "SET LOCAL idle_in_transaction_session_timeout = '10s'",
        )
    };
}

/// Opens the transaction of a unit of work: on both databases one that sees one picture from its first read on.
///
/// On PostgreSQL this takes REPEATABLE READ. Compare-and-set decides who wins at any level; but at a lower one the loser
/// may refuse on a picture that never was, such as an invitation before its acceptance and the person whom that made.
/// A row that changed in between is reported as a serialisation failure, and the unit runs again.
///
/// A look has no transaction: each of its statements is one.
///
/// On SQLite a writing unit takes the write lock at once: one that is only wanted after reading is refused when
/// somebody else wrote.
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

/// Opens a transaction that only one process at a time is in, for migrations.
///
/// PostgreSQL's lock belongs to the transaction, so it ends with it whatever happens, and works behind a PgBouncer. It
/// is waited for without end, for another replica's migration may take long; a table's lock is not, because everybody
/// else would queue behind the one who waits. The level is named because one that reads an old snapshot would not see
/// what the other replica did in the meantime.
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
