//! Everything in which the two databases differ: the only place that asks which one it is.

mod begin;
mod idempotency;
mod mails;
mod open_counts;
mod sets;
mod write_counts;

pub(crate) use begin::{begin, begin_exclusive};
use diesel::{QueryResult, connection::SimpleConnection as _, dsl::sql, prelude::*, select, sql_types::Bool};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
pub(crate) use idempotency::take_key;
pub(crate) use mails::{claimable_from, claimable_mails};
pub(crate) use open_counts::settle_open_counts;
pub(crate) use sets::{
    HolderRows, Wanted, are_members, invitations, known, offers, open_nth, open_parts, pending_invitations,
    token_holders, update_invitations,
};
pub(crate) use write_counts::{FoundBy, count_writes};

use crate::connection::AnyConnection;

static POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
static SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// What a connection to SQLite starts with. A commit is on the disk when it returns (`FULL`), readers and the one writer
/// do not wait for each other (`WAL`), and a writer of another process is waited for. That wait comes first, because
/// the switch to WAL needs it already when several processes start together. What savepoints would put back stays in memory:
/// a file would be made and removed for it in every other unit.
pub(crate) const SQLITE_SESSION: &str = "
    PRAGMA busy_timeout = 10000;
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = FULL;
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_mode = WAL;
";

/// What the one connection that writes to SQLite has besides: its log goes into the database when it has 16 MiB instead of 4. Commit
/// after commit changes the same last page of most indexes, and a page that many have changed is written to the database once.
pub(crate) const SQLITE_WRITER: &str = "PRAGMA wal_autocheckpoint = 4096";

/// What a connection to PostgreSQL starts with. A prepared statement is planned once, for values of any kind: PostgreSQL would
/// otherwise look at the values each time, find that few rows look cheaper than the average, and plan anew, which costs more than
/// the statement. What each statement is to use is an index of its own and one step after the other, also while a table is so
/// small that reading all of it looks cheaper: the plan outlives that. Nothing here runs long enough to be compiled. What is
/// outside of any transaction has the limits that transactions have: see [`begin`].
///
/// Behind a PgBouncer it may be another connection that this reaches, which does no harm.
pub(crate) const POSTGRES_SESSION: &str = "
    SET plan_cache_mode = force_generic_plan;
    SET enable_seqscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SET jit = off;
    SET statement_timeout = '10s';
    SET lock_timeout = '10s';
";

/// Whether a connection on which a statement has failed is lost. One to a server can be, an open file cannot.
pub(crate) fn is_lost(connection: &mut AnyConnection) -> bool {
    match connection {
        AnyConnection::Postgres(connection) => connection.batch_execute("SELECT 1").is_err(),
        AnyConnection::Sqlite(_) => false,
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
