//! All differences between the two databases. Apart from [`crate::insertion`] and [`crate::manager`], no other module
//! checks which database it uses.

mod backlog;
mod batches;
mod claims;
mod deliveries;
mod idempotency;
mod open_counts;
mod readiness;
mod transactions;
mod write_counts;

pub(crate) use backlog::{dead_mails, due_mails, next_mail_due, unsettled_changes};
pub(crate) use batches::{
    MANY, OpenListRow, OpenListStart, TokenHolderRows, are_members, earliest_end, histories, invitations,
    mail_quotas, nth_open_id, offers, open_by_end, open_list_rows, pending_invitations,
    people_with_memberships, token_holders, update_invitations,
};
pub(crate) use claims::claimable_mails;
pub(crate) use deliveries::enqueue;
use diesel::{QueryResult, dsl::sql, prelude::*, select, sql_types::Bool};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
pub(crate) use idempotency::take_key;
pub(crate) use open_counts::settle_open_counts;
pub(crate) use readiness::{check_write, limit_calls};
pub(crate) use transactions::{begin, begin_exclusive, statement_limits};
use usher_postgres::Loss;
pub(crate) use write_counts::{CredentialKind, count_writes};

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

/// Why a connection must not be used again, if so. A connection to a server can be lost; an open file cannot.
pub(crate) fn loss(connection: &AnyConnection) -> Option<Loss> {
    match connection {
        AnyConnection::Postgres(connection) => connection.loss(),
        AnyConnection::Sqlite(_) => None,
    }
}

/// Whether the server has reported a full disk on this connection.
pub(crate) fn found_disk_full(connection: &AnyConnection) -> bool {
    match connection {
        AnyConnection::Postgres(connection) => connection.found_disk_full(),
        AnyConnection::Sqlite(_) => false,
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
