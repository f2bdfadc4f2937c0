//! Usher's store on SQLite and PostgreSQL: one schema, one set of queries, two databases.
//!
//! This crate contains all SQL, all uses of diesel and r2d2, and the translation of both databases' errors. Other
//! crates see only [`DieselStore`], a [`usher_domain::port::Store`]. Rules belong to the domain. A query that decides
//! something follows the documentation of the port, and the suites of `usher_domain::testkit::contract` test it on both
//! databases.
//!
//! To add a column, add a migration with the same name for both databases (the README of the folder `migrations` has
//! the rules), the column in `schema`, and its fields and conversions in `rows`. To add a table, also implement its
//! port in `tx`.
//!
//! Statements go through `connection::AnyConnection`, so that each is written only once. SQL that differs between the
//! databases is in functions of `dialect`; insertions are in `insertion`. `pool` and `group` give units of work their
//! transactions; `write_counts` counts writes before their work is done.

mod connection;
mod dialect;
mod disk_full;
mod errors;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod generations;
mod group;
mod insertion;
mod location;
mod manager;
mod migrations;
mod open_error;
mod options;
mod pool;
mod readiness;
mod retry;
mod rows;
mod schema;
mod store;
mod tx;
mod write_counts;

pub use migrations::{MigrateError, Migrations};
pub use open_error::OpenError;
pub use options::DatabaseOptions;
pub use pool::Connections;
pub use store::DieselStore;
