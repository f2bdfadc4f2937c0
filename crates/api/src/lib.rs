//! The server `usher`: settings, the composition root and the command line.
//!
//! What belongs here: the adapters of the ports ([`compose`]), the routes of the edges ([`routes`]), [`settings`], the command
//! line ([`cli`]), and development mode ([`develop`]). What does not: rules about invitations (domain), application services
//! (app), wire formats (landscape, fastly, web), SQL (persistence), SMTP (mailer), and tokens (auth).
//!
//! To add an edge, add a crate next to `landscape` and `fastly`, its settings and endpoints in [`routes`], and rows in
//! the authorization matrix of the tests. The matrix fails until its rows exist.

pub mod cli;
pub mod compose;
pub mod develop;
pub mod health;
pub mod routes;
pub mod settings;
pub mod system;
pub mod telemetry;
