//! The one connection type that every statement goes through.

use diesel::{Connection, PgConnection, SqliteConnection};

/// A connection to either database.
///
/// It is opened by [`crate::manager::Manager`] only: the derived way in tries one database after the other and hides
/// why none of them worked.
#[derive(diesel::MultiConnection)]
pub(crate) enum AnyConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// What begins and ends its transactions and savepoints.
pub(crate) type Transactions = <AnyConnection as Connection>::TransactionManager;
