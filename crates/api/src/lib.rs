//! The server `usher`: two dialects, the page behind the link, the delivery worker and the command line, put together
//! over the domain's ports.
//!
//! What belongs here: everything that knows HTTP ([`http`]), settings ([`settings`]), the command line ([`cli`]), the
//! loop that delivers mails ([`worker`]) and the composition root ([`compose`]). What does not: rules about
//! invitations (domain), SQL (persistence), SMTP (mailer), tokens (auth).
//!
//! To add an endpoint: a handler in its dialect's folder, a line in that dialect's `endpoints()`, a row in the
//! authorization matrix of the tests (which fails until it is there).

pub mod batch;
pub mod cli;
pub mod compose;
pub mod develop;
pub mod gate;
pub mod http;
mod moment;
pub mod settings;
pub mod system;
pub mod telemetry;
pub mod worker;
