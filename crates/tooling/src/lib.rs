//! What the development tools share: `xtask`, the benchmarks and the crash test.
//!
//! What belongs here: running other programs, installing Debian packages, providing PostgreSQL, and building the programs
//! under test. The crate must stay quick to build, because every `cargo xtask` builds it: it depends on no crate of the
//! product, and the tools run the product as programs instead.
//!
//! To add a helper, put it into the module for its subject, and only if two tools need it.

mod build;
mod failure;
mod packages;
mod postgres;
mod progress;
mod shell;

pub use build::{BuildProfile, UsherPrograms};
pub use failure::Failure;
pub use packages::{install_packages, provide_programs, provide_server};
pub use postgres::{installing_postgres, shared_postgres};
pub use progress::report_progress;
pub use shell::{answer, cargo, environment_variable, output_of, program, quietly, spawn, step};
pub use usher_testbed::workspace;
