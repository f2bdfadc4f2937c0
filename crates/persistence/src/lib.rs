//! Usher's store on SQLite and PostgreSQL: one schema, one set of queries, two databases.
//!
//! What belongs here: SQL, everything of diesel and r2d2, and how either database reports trouble. No other crate knows
//! any of it: what they see is [`DieselStore`], which is a [`usher_domain::port::Store`]. What does not: rules. A
//! query that decides something has to decide what the port's documentation says, and the suites of
//! `usher_domain::testkit::contract` show that it does, on both databases.
//!
//! To add something stored: a migration with the same name for both databases (the rules are in the README of the
//! folder `migrations`), its table in `schema`, its rows in `rows` with the way to the domain's value and back, and the
//! port's trait in `tx`. A statement goes through `connection::AnyConnection`, so that there is one; where the two
//! databases need different SQL, that is a function of `dialect`, the one place that asks which database it is. How units
//! of work get a transaction is in `pool` and, where they share one, in `group`; what comes before their work, the count of
//! writes alone, in `write_counts`.

mod connection;
mod dialect;
mod errors;
mod group;
mod insertion;
mod location;
mod manager;
mod migrations;
mod options;
mod pool;
mod retry;
mod rows;
mod schema;
mod store;
mod tx;
mod write_counts;

pub use migrations::{MigrateError, Migrations};
pub use options::{DatabaseOptions, OpenError};
pub use store::DieselStore;
