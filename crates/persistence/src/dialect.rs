//! Everything in which the two databases differ: the only place that asks which one it is.

use chrono::NaiveDateTime;
use diesel::{
    QueryResult,
    connection::{AnsiTransactionManager, SimpleConnection as _},
    dsl::{auto_type, sql},
    prelude::*,
    select,
    sql_types::Bool,
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use usher_domain::port::store::Mode;

use crate::{
    connection::AnyConnection,
    schema::{Queued, mail},
};

static POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
static SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// What a connection to SQLite starts with. A commit is on the disk when it returns (`FULL`), readers and the one writer
/// do not wait for each other (`WAL`), and a writer of another process is waited for. That wait comes first, because
/// the switch to WAL needs it already when several processes start together.
pub(crate) const SQLITE_SESSION: &str = "
    PRAGMA busy_timeout = 10000;
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = FULL;
    PRAGMA journal_mode = WAL;
";

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
/// On SQLite a writing unit takes the write lock at once: one that is only wanted after reading is refused when
/// somebody else wrote.
pub(crate) fn begin(connection: &mut AnyConnection, mode: Mode) -> QueryResult<()> {
    match (connection, mode) {
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

/// Whether a connection can die while nobody uses it: one to a server can, an open file cannot.
pub(crate) fn can_die(connection: &AnyConnection) -> bool {
    match connection {
        AnyConnection::Postgres(_) => true,
        AnyConnection::Sqlite(_) => false,
    }
}

/// The queued mails that nobody holds at `now`, the earliest due first.
#[auto_type(no_type_alias)]
fn free_mails(now: NaiveDateTime, limit: i64) -> _ {
    let unheld = mail::lease_until.is_null().or(mail::lease_until.le(now));
    mail::table
        .filter(mail::state.eq(Queued))
        .filter(mail::due_at.le(now))
        .filter(unheld)
        .order((mail::due_at, mail::id))
        .limit(limit)
        .select(mail::id)
}

/// The numbers of up to `limit` mails that can be claimed at `now`, the earliest due first.
///
/// On PostgreSQL they are locked, and those that another worker is about to take are passed over, so that workers get
/// different mails instead of waiting for each other. On SQLite the unit is the only one that writes.
pub(crate) fn claimable_mails(
    connection: &mut AnyConnection,
    now: NaiveDateTime,
    limit: i64,
) -> QueryResult<Vec<i64>> {
    match connection {
        AnyConnection::Postgres(connection) => {
            free_mails(now, limit).for_update().skip_locked().load(connection)
        }
        AnyConnection::Sqlite(connection) => free_mails(now, limit).load(connection),
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

/// Whether diesel's own table of applied migrations is there. Asking the catalogue needs no right to make tables.
pub(crate) fn has_migrations_table(connection: &mut AnyConnection) -> QueryResult<bool> {
    match connection {
        AnyConnection::Postgres(connection) => {
            select(sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL"))
                .get_result(connection)
        }
        AnyConnection::Sqlite(connection) => {
            let found = "EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '__diesel_schema_migrations')";
            select(sql::<Bool>(found)).get_result(connection)
        }
    }
}

/// The migrations of this database.
pub(crate) fn migrations(connection: &AnyConnection) -> &'static EmbeddedMigrations {
    match connection {
        AnyConnection::Postgres(_) => &POSTGRES_MIGRATIONS,
        AnyConnection::Sqlite(_) => &SQLITE_MIGRATIONS,
    }
}
