//! The connection type of every statement.

use diesel::{Connection, SqliteConnection};
use usher_postgres::PostgresConnection;

/// A connection to either database.
///
/// Only [`crate::manager::Manager`] opens it. Diesel's derived `establish` tries one database after the other and hides the
/// cause when both fail.
#[derive(diesel::MultiConnection)]
pub(crate) enum AnyConnection {
    Postgres(PostgresConnection),
    Sqlite(SqliteConnection),
}

/// Begins and ends its transactions and savepoints.
pub(crate) type Transactions = <AnyConnection as Connection>::TransactionManager;
