//! The server `usher`: settings, the composition root and the command line.
//!
//! What belongs here: which adapter stands behind which port ([`compose`]), which edges are routed ([`routes`]), [`settings`],
//! the command line ([`cli`]), development mode ([`develop`]). What does not: rules about invitations (domain), application
//! services (app), wire shapes (landscape, fastly, web), SQL (persistence), SMTP (mailer), tokens (auth).
//!
//! To add an edge: a crate beside `landscape` and `fastly`, its settings and endpoints in [`routes`], and rows in the
//! authorization matrix of the tests, which fails until they are there.

pub mod cli;
pub mod compose;
pub mod develop;
pub mod health;
pub mod routes;
pub mod settings;
pub mod system;
pub mod telemetry;
