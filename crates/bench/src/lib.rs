//! `cargo xtask bench`: the cost of Usher's requests, compared with what the database does without Usher.
//!
//! The baseline is pgbench with the same statements on PostgreSQL, and single durable commits on SQLite. Usher and its
//! baseline take turns in the same run and on the same cluster, so that each figure is compared with a baseline
//! measured within the same minute. A response or a row count that is not as expected ends the run. A missed target is
//! only shown in the table.
//!
//! Usher runs as a program with its delivery worker; this crate uses no other crate of the product.
//!
//! To add an operation, add a variant in `operation.rs` and a script in `baseline/`. To add a part, add a file with
//! `run`, a variant of `Part`, and a call in `measure`.

mod arguments;
mod baseline;
mod environment;
mod load;
mod machine;
mod micro;
mod operation;
mod pages;
mod pgbench;
mod process;
mod procfs;
mod programs;
mod report;
mod seed;
mod server;
mod sizes;
mod sqlite;
mod stats;
mod system;
mod table;
mod throughput;

use std::{fs, io::Write as _};

use usher_testbed::PostgresServer;
use usher_tooling::{Failure, report_progress, workspace};

pub use crate::arguments::BenchArguments;
use crate::{
    arguments::{Part, RunSize},
    environment::BenchEnvironment,
    procfs::CpuClock,
    programs::BenchPrograms,
    report::Report,
    system::SystemUnderTest,
};

/// Measures, prints the tables, and writes tables and figures to target/bench.
pub fn run(arguments: &BenchArguments) -> Result<(), Failure> {
    if arguments.micro {
        return micro::run(&arguments.criterion);
    }
    let programs = BenchPrograms::prepare()?;
    report_progress("starting PostgreSQL");
    let server = PostgresServer::start_durable(&arguments.directory)?;
    let size = arguments.run_size();
    let (machine, description) = machine::describe(&server, &arguments.directory, size)?;
    let folder = tempfile::Builder::new().prefix("usher-bench-").tempdir_in(&arguments.directory)?;
    let postmaster = server.sql("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")?;
    let postmaster = postmaster.parse().map_err(|_| format!("not a process id: {postmaster}"))?;
    let clock = CpuClock::new()?;
    let environment =
        BenchEnvironment { programs, server, postmaster, clock, folder: folder.path().to_owned() };
    let report = measure(&environment, arguments, size)?;
    write(arguments.name(), &report.markdown(&description), &format!("{:#}\n", report.json(&machine)))
}

fn write(name: &str, markdown: &str, json: &str) -> Result<(), Failure> {
    let folder = workspace().join("target/bench");
    fs::create_dir_all(&folder)?;
    let file = |extension: &str| folder.join(format!("{name}.{extension}"));
    fs::write(file("md"), markdown)?;
    fs::write(file("json"), json)?;
    std::io::stdout().write_all(markdown.as_bytes())?;
    report_progress(&format!("written to {} and .json", file("md").display()));
    Ok(())
}

fn measure(
    environment: &BenchEnvironment,
    arguments: &BenchArguments,
    size: RunSize,
) -> Result<Report, Failure> {
    let mut report = Report::default();
    if arguments.includes(Part::Sqlite) {
        report.extend(sqlite::run(environment, size)?);
    }
    let on_postgres = [Part::Throughput, Part::Pages, Part::Process, Part::Sizes];
    if !on_postgres.into_iter().any(|part| arguments.includes(part)) {
        return Ok(report);
    }
    report_progress(&format!("seeding {} pending invitations", size.pending));
    let mut system = SystemUnderTest::new(environment, size.pending)?;
    if arguments.includes(Part::Throughput) {
        report.extend(throughput::run(environment, &mut system, size)?);
    }
    if arguments.includes(Part::Pages) {
        report.extend(pages::run(environment, &system, size)?);
    }
    if arguments.includes(Part::Process) {
        report.extend(process::run(environment, &system, size)?);
    }
    if arguments.includes(Part::Sizes) {
        report.extend(sizes::run(environment, &mut system, size)?);
    }
    for warning in system.usher.unexpected_warnings().iter().take(10) {
        report_progress(&format!("Usher logged: {warning}"));
    }
    Ok(report)
}
