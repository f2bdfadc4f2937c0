//! Usher's rules, without I/O: what an invitation is, who may do what with it, and when.
//!
//! What belongs here: aggregates as plain values with pure state changes ([`invitation`], [`account`], [`person`], [`role`],
//! [`membership`], [`outbox`]), the traits that adapters implement ([`port`]), and the use cases ([`usecase`]). What does not:
//! serialization, SQL, HTTP, SMTP, cryptography, async. Only two ports return futures, because they wait for the network:
//! [`port::Mailer`] and [`port::Authenticator`].
//!
//! To add a use case: one file in `usecase/` with the command, the error enum (each variant with a stable `code`) and
//! one function `fn verb(tx: &mut dyn Tx, env: &Env, actor: &Actor, command: &Command) -> Result<_, VerbError>`; a
//! function with the suffix `_all` takes a slice, one element per request.
//! To add a kind of row: a small trait in `port/store/`, its suite in `testkit/contract/`, then the adapters.

pub mod access_token;
pub mod account;
pub mod address;
pub mod audit;
pub mod env;
mod hex;
pub mod id;
pub mod idempotency;
pub mod invitation;
pub mod membership;
pub mod outbox;
pub mod person;
pub mod port;
pub mod principal;
pub mod quota;
pub mod role;
pub mod sign_in;
pub mod text;
pub mod token;
pub mod usecase;

#[cfg(feature = "testkit")]
pub mod testkit;

/// A moment in UTC, in whole microseconds: both databases store these exactly.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
