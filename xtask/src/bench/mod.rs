//! `cargo xtask bench`: what Usher costs, beside what its database costs without it.
//!
//! The floors and Usher are measured in turns, in the same run, on the same cluster; every figure of Usher's stands beside
//! the floor's of the same minute. A measurement whose answers are not what they should be ends the run. A target that is
//! missed does not: it says so in the table.
//!
//! To add an operation: a variant in `operation.rs` and a script in `floors/`. To add a part: a file with `run`, a variant of
//! `Part`, a line in `parts`.

mod arena;
mod arguments;
mod floors;
mod load;
mod machine;
mod micro;
mod operation;
mod pages;
mod proc;
mod process;
mod programs;
mod report;
mod seed;
mod server;
mod site;
mod sizes;
mod sqlite;
mod stats;
mod throughput;

use std::{fs, io::Write as _};

use usher_testbed::PostgresServer;

use self::{
    arena::Arena,
    arguments::{Extent, Part},
    programs::Programs,
    report::Findings,
    site::Site,
};
use crate::shell::{Failure, say, workspace};

pub(crate) use self::arguments::BenchArguments;

/// Measures, prints the tables, and writes them and the figures to target/bench.
pub(crate) fn run(arguments: &BenchArguments) -> Result<(), Failure> {
    if arguments.micro {
        return micro::run(&arguments.criterion);
    }
    let programs = Programs::prepare()?;
    say("starting PostgreSQL");
    let server = PostgresServer::start_durable(&arguments.directory)?;
    let extent = arguments.extent();
    let (machine, words) = machine::describe(&server, &arguments.directory, extent)?;
    let folder = tempfile::Builder::new().prefix("usher-bench-").tempdir_in(&arguments.directory)?;
    let postmaster = server.sql("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")?;
    let postmaster = postmaster.parse().map_err(|_| format!("no number of a process: {postmaster}"))?;
    let clock = proc::Clock::new()?;
    let site = Site { programs, server, postmaster, clock, folder: folder.path().to_owned() };
    let findings = parts(&site, arguments, extent)?;
    let markdown = report::markdown(&words, &findings);
    let json = report::json(&machine, &findings);
    let reports = workspace().join("target/bench");
    fs::create_dir_all(&reports)?;
    let file = |ending: &str| reports.join(format!("{}.{ending}", arguments.name()));
    fs::write(file("md"), &markdown)?;
    fs::write(file("json"), format!("{json:#}\n"))?;
    std::io::stdout().write_all(markdown.as_bytes())?;
    say(&format!("written to {} and .json", file("md").display()));
    Ok(())
}

fn parts(site: &Site, arguments: &BenchArguments, extent: Extent) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    if arguments.wants(Part::Sqlite) {
        findings.extend(sqlite::run(site, extent)?);
    }
    let on_postgres = [Part::Throughput, Part::Pages, Part::Process, Part::Sizes];
    if !on_postgres.into_iter().any(|part| arguments.wants(part)) {
        return Ok(findings);
    }
    say(&format!("seeding {} pending invitations", extent.pending));
    let mut arena = Arena::new(site, extent.pending)?;
    if arguments.wants(Part::Throughput) {
        findings.extend(throughput::run(site, &mut arena, extent)?);
    }
    if arguments.wants(Part::Pages) {
        findings.extend(pages::run(site, &arena, extent)?);
    }
    if arguments.wants(Part::Process) {
        findings.extend(process::run(site, &arena, extent)?);
    }
    if arguments.wants(Part::Sizes) {
        findings.extend(sizes::run(site, &mut arena, extent)?);
    }
    for complaint in arena.usher.complaints().lines().take(10) {
        say(&format!("Usher complained: {complaint}"));
    }
    Ok(findings)
}
