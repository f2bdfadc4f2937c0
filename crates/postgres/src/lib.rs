//! A connection to PostgreSQL for diesel whose calls end in time.
//!
//! Diesel's own connection waits in libpq until the server answers. A server that is frozen never answers, and its kernel
//! goes on acknowledging packets, so no setting of TCP ends that wait. [`PostgresConnection`] uses libpq's asynchronous
//! calls instead and gives each call a deadline: see ADR 28.
//!
//! What belongs here: calls of libpq, and the traits of diesel on top of them. What does not: SQL, pools, and the meaning
//! of errors; they belong to `usher-persistence`. All unsafe code is in the module `ffi`.

mod connection;
mod ffi;
mod report;
mod rows;
mod session;
mod transactions;

pub use connection::PostgresConnection;
pub use rows::{PostgresField, PostgresRow, Rows};
pub use session::Loss;
