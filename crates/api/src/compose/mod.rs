//! The composition root: builds the adapters from the settings and passes them to the application as ports.
//!
//! [`Deployment`] opens the database and derives the keys. Commands need no more than that. [`Server`] adds the edges, the worker
//! and the listener.

mod admin;
mod connections;
mod credentials;
mod deployment;
mod duration;
mod error;
mod hangup;
mod mail;
mod mailbox;
mod policy;
mod run;
mod server;
mod shutdown;

pub(crate) use credentials::key_set;
pub use credentials::{own_verifier, verifier};
pub use deployment::{ClockAndEntropy, Deployment};
pub(crate) use duration::time_delta;
pub use error::StartError;
pub use mail::{MailTransport, mail_transport};
pub use run::{develop, serve, worker};
pub use server::{Server, WorkerPlacement, listen, worker_settings};
