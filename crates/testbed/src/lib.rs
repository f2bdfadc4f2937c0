//! Real peers for tests: a throwaway PostgreSQL cluster, a third-party SMTP server, Fastly's clients, and schemathesis. A peer is a
//! third-party program that Usher talks to, or that talks to Usher.
//!
//! What belongs here: starting and stopping such programs, and inspecting them from outside. This crate depends on no
//! crate of the product, so that a test never uses our code to check our code.
//!
//! Each peer has its own directory and no fixed port, so that any number of test processes can run side by side. A peer
//! ends when its handle is dropped, and also when the test process is killed; see `process::Lifeline`. A new peer needs
//! both properties.
//!
//! The programs come from the system, not from Cargo: `cargo xtask test` installs what is missing. This crate only
//! looks for them, and returns [`TestbedError::Missing`] if one is missing. It needs a Unix system.

#[cfg(feature = "smtp")]
mod certificates;
#[cfg(feature = "clients")]
mod clients;
mod environment;
mod error;
mod postgres;
mod process;
#[cfg(any(feature = "clients", feature = "smtp"))]
mod python;
#[cfg(feature = "clients")]
mod schemathesis;
#[cfg(feature = "smtp")]
mod smtp;
mod workspace;

#[cfg(feature = "clients")]
pub use clients::{ClientAnswer, InvitationResponse, OutsideClient, violated_rules};
pub use environment::{
    NODE_VARIABLE, POSTGRES_VARIABLE, PYTHON_VARIABLE, newest_postgres, node_home, node_requirements,
    python_requirements, python_venv,
};
pub use error::TestbedError;
pub use postgres::{Database, Forwarder, PostgresServer, SystemAccount};
pub use process::described;
#[cfg(feature = "clients")]
pub use schemathesis::check_api;
#[cfg(feature = "smtp")]
pub use smtp::{ReceivedMail, Refusal, Security, SmtpOptions, SmtpServer};
pub use workspace::workspace;
