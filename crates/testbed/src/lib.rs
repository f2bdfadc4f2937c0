//! Real peers for tests: a throwaway PostgreSQL cluster, an SMTP server that is not ours, and the clients of others
//! that our server is to serve.
//!
//! What belongs here: starting and stopping programs of others, and looking into them from outside.
//! Nothing here knows Usher's own crates, so that a test never judges our code by our code.
//!
//! Every peer lives in a directory of its own and takes no fixed port, so any number of test processes
//! may run side by side. Its life hangs on a pipe that the test process holds: it ends when its handle is
//! dropped, and also when the test process is killed, see `process::Lifeline`. Give a new peer both.
//!
//! The programs come from the machine, not from Cargo: `cargo xtask test` installs what is missing. This
//! crate itself only looks for them, and says in one line what it did not find. It needs a Unix system.

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
#[cfg(feature = "smtp")]
mod smtp;

#[cfg(feature = "clients")]
pub use clients::{ClientAnswer, InvitationResponse, OutsideClient, violated_rules};
pub use environment::{
    NODE_VARIABLE, POSTGRES_VARIABLE, PYTHON_VARIABLE, node_home, node_requirements, python_requirements,
    python_venv,
};
pub use error::TestbedError;
pub use postgres::{Database, PostgresServer};
#[cfg(feature = "smtp")]
pub use smtp::{ReceivedMail, Refusal, Security, SmtpOptions, SmtpServer};
