//! Development tasks, started by `cargo xtask`.
//!
//! One module is one task. A task prints what it does on standard error, one short line a step, and leaves
//! standard output to the programs that it runs.

mod bench;
mod chaos;
mod ci;
mod domain;
mod links;
mod packages;
mod peers;
mod shell;
mod test;
mod tools;

use std::{ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};
use test::Profile;

/// Development tasks of Usher.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs the tests, after installing what they need and the machine lacks.
    ///
    /// They need PostgreSQL's programs, a Python environment with an SMTP server, and Fastly's clients for Python and
    /// Node.js: Debian's packages are installed with apt-get as root or through sudo without a password, Python's and
    /// Node.js's into target/testbed. One PostgreSQL cluster serves the whole run, unless `USHER_TEST_POSTGRES` names
    /// a server. The crash test comes last, in its short form: see `cargo xtask chaos --help`.
    Test {
        /// Arguments for `cargo nextest run` (without cargo-nextest: for `cargo test`), such as a test's name.
        /// With any, the documentation's tests and the crash test are left out.
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Measures Usher's release build against floors in the same run: PostgreSQL's own pgbench, and SQLite's commits.
    ///
    /// Prints tables, and writes them and all figures to target/bench. The machine should have nothing else to do.
    Bench(bench::BenchArguments),
    /// Kills Usher's processes under load and at named points, and counts what was promised, lost and sent twice.
    ///
    /// Prints a table, writes all figures to target/chaos, and exits 1 when a promise was broken. docs/DURABILITY.md says what
    /// is promised. The short form is a part of `cargo xtask test`.
    Chaos(chaos::ChaosArguments),
    /// Runs every check that a change has to pass, tests included; stops at the first that fails.
    ///
    /// The tools for it are installed into target/tools.
    Ci,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Test { arguments } => test::run(&arguments, Profile::Developer),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Chaos(arguments) => chaos::run(&arguments),
        Task::Ci => ci::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
