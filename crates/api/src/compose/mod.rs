//! The composition root: which adapter stands behind which port, from the settings.
//!
//! It reads top to bottom: [`Core`] opens the database and makes keys, clock and issuer, which is all that the command
//! line needs; [`Application`] adds mail, worker and listener.

mod application;
mod core;
mod credentials;
mod error;
mod mail;
mod run;
mod shutdown;

pub use application::{Application, Delivery, listen, mail_worker};
pub use core::{Core, World};
pub use credentials::verifier;
pub use error::StartError;
pub use mail::{Outlet, outlet};
pub use run::{develop, serve, worker};
