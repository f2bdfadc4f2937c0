//! All differences between the two databases. Apart from [`crate::insertion`] and [`crate::manager`], no other module
//! checks which database it uses.

mod backlog;
mod batches;
mod idempotency;
mod mails;
mod open_counts;
mod transactions;
mod write_counts;

pub(crate) use backlog::{dead_mails, due_mails, unsettled_changes};
pub(crate) use batches::{
    OpenListStart, TokenHolderRows, are_members, invitations, nth_open_id, offers, open_list_rows,
    pending_invitations, people_with_memberships, token_holders, update_invitations,
};
use diesel::{
    QueryResult,
    connection::SimpleConnection as _,
    dsl::sql,
    prelude::*,
    select,
    sql_types::{Bool, Timestamptz},
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
pub(crate) use idempotency::take_key;
pub(crate) use mails::{claimable_from, claimable_mails};
pub(crate) use open_counts::settle_open_counts;
pub(crate) use transactions::{begin, begin_exclusive};
pub(crate) use write_counts::{CredentialKind, count_writes};

use usher_domain::Timestamp;

use crate::connection::AnyConnection;

static POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
static SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// The first statements on a connection to SQLite. A commit is on the disk when it returns (`FULL`), readers and the one writer
/// do not wait for each other (`WAL`), and a unit waits for a writer of another process. That wait is set first, because the
/// switch to WAL needs it when several processes start together. The pages of savepoints stay in memory: SQLite would create
/// and delete a file for every other unit.
pub(crate) const SQLITE_SESSION: &str = "
    PRAGMA busy_timeout = 10000;
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = FULL;
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_mode = WAL;
";

/// For the one connection that writes to SQLite: it moves its log into the database at 64 MiB instead of 4. All writes wait while
/// it does, and most of the time goes into pages that each of many commits has changed; a longer log writes each of them once.
/// At 16 MiB, creations were a sixth slower, and the longest waits were no shorter.
pub(crate) const SQLITE_WRITER: &str = "PRAGMA wal_autocheckpoint = 16384";

/// The first statements on a connection to PostgreSQL. Statements outside of a transaction have the limits of transactions: see
/// [`begin`]. Behind PgBouncer in transaction mode the limits may reach another connection, where they do no harm.
pub(crate) const POSTGRES_SESSION: &str = "SET statement_timeout = '10s'; SET lock_timeout = '10s'";

/// The planner's settings for the statements of units of work: see ADR 25.
///
/// Each of these statements is written for one index, and is prepared. One plan suits all values; by default,
/// PostgreSQL would plan the statement again for the values of each execution, which costs more than executing it. The
/// plan has to use the index even while the table is so small that reading all of it looks cheaper, because the table
/// grows and the plan stays. No statement runs long enough to be worth compiling.
pub(crate) const UNIT_PLANNER: [(&str, &str); 6] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_incremental_sort", "off"),
    ("jit", "off"),
];

/// Whether a connection on which a statement has failed is lost. A connection to a server can be lost; an open file cannot.
pub(crate) fn is_lost(connection: &mut AnyConnection) -> bool {
    match connection {
        AnyConnection::Postgres(connection) => connection.batch_execute("SELECT 1").is_err(),
        AnyConnection::Sqlite(_) => false,
    }
}

/// The clock of the server; `None` for a database on this machine.
pub(crate) fn server_time(connection: &mut AnyConnection) -> QueryResult<Option<Timestamp>> {
    match connection {
        AnyConnection::Postgres(connection) => {
            select(sql::<Timestamptz>("clock_timestamp()")).get_result(connection).map(Some)
        }
        AnyConnection::Sqlite(_) => Ok(None),
    }
}

/// Whether diesel's own table of applied migrations exists. Reading the catalog needs no right to create tables.
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
