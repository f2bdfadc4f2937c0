//! Development tasks, started by `cargo xtask`.
//!
//! Each module is one task, or a check of the task `ci`. The benchmarks and the crash test are separate crates, which
//! this program only starts. A task prints one line on standard error for each of its steps and leaves standard output
//! to its figures and to the programs that it runs.
//!
//! To add a task, add a module with `run`, and a variant of `Task`. Keep this program quick to build, because each task
//! waits for it.

mod advisories;
mod ci;
mod domain;
mod fuzz;
mod links;
mod peers;
mod structure;
mod test;
mod tools;

use std::{ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};
use fuzz::FuzzArguments;
use structure::StructureArguments;
use test::Profile;
use usher_bench::BenchArguments;
use usher_chaos::ChaosArguments;

/// Development tasks of Usher.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Installs what the tests need, then runs the tests.
    ///
    /// The tests need PostgreSQL, a Python environment with an SMTP server, and Fastly's clients for Python and Node.js.
    /// Debian packages are installed with apt-get, as root or through sudo without a password. The packages for Python and
    /// Node.js go into target/testbed. One PostgreSQL cluster serves the whole run, unless `USHER_TEST_POSTGRES` names a
    /// server. The crash test runs last, in its short form: see `cargo xtask chaos --help`.
    ///
    /// Prints the time of each part, and a summary of all times at the end.
    Test {
        /// Arguments for `cargo nextest run` (or for `cargo test`, without cargo-nextest), such as the name of a test.
        /// With arguments, the documentation tests and the crash test do not run.
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Measures the release build beside baselines of the same run: pgbench on PostgreSQL, and durable commits on SQLite.
    ///
    /// Prints tables, and writes the tables and all figures to target/bench. Run it on an otherwise idle machine.
    Bench(BenchArguments),
    /// Kills and stops Usher's processes, takes their database, their relay and their time away, and counts lost and duplicate
    /// work.
    ///
    /// Installs PostgreSQL and PgBouncer if they are missing. R7 mounts a small file system in memory, and needs root or
    /// sudo without a password for it. Prints a table, writes all figures to target/chaos, and exits with 1 when a guarantee is violated.
    /// docs/DURABILITY.md lists the guarantees. `cargo xtask test` includes the short form.
    Chaos(ChaosArguments),
    /// Gives random input to what parses foreign input, under libFuzzer, and checks what it promises.
    ///
    /// The targets are in the crate `usher-fuzz`. `cargo xtask test` includes the short form. Needs a C++ compiler, which is
    /// installed if it is missing.
    Fuzz(FuzzArguments),
    /// Prints figures of the code's structure: lines, long files, import cycles, public types that share a name.
    ///
    /// Exits with 1 when the files of a crate import each other in a cycle, or two public types share a name. With
    /// `--closures`, counts the closures of the given files instead.
    Structure(StructureArguments),
    /// Runs every check that a change must pass, including the tests. Stops at the first failure.
    ///
    /// The tools that it needs are installed into target/tools.
    Ci,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Test { arguments } => test::run(&arguments, Profile::Developer),
        Task::Bench(arguments) => usher_bench::run(&arguments),
        Task::Chaos(arguments) => usher_chaos::run(&arguments),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Structure(arguments) => structure::run(&arguments),
        Task::Ci => ci::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
