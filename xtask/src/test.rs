//! `cargo xtask test`

use std::{ffi::OsString, process::Command};

use usher_testbed::POSTGRES_VARIABLE;

use crate::{
    chaos, peers,
    shell::{Failure, answer, cargo, say, step},
};

/// Whose run it is.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// Stops at the first failure.
    Developer,
    /// Goes on to the end, and repeats the failures there.
    Ci,
}

/// Runs the tests; with arguments, only those that they choose.
pub(crate) fn run(arguments: &[OsString], profile: Profile) -> Result<(), Failure> {
    let postgres = peers::prepare()?;
    // Of the runners the one with the summary comes last.
    if arguments.is_empty() {
        let mut documentation = cargo(&["test", "--workspace", "--doc", "--quiet"]);
        step("documentation's tests", documentation.env(POSTGRES_VARIABLE, postgres.url()))?;
    }
    let mut runner = runner(profile);
    if !arguments.iter().any(chooses_packages) {
        runner.arg("--workspace");
    }
    step("tests", runner.args(arguments).env(POSTGRES_VARIABLE, postgres.url()))?;
    if arguments.is_empty() { chaos::short() } else { Ok(()) }
}

fn runner(profile: Profile) -> Command {
    let nextest = answer(&mut cargo(&["nextest", "--version"])).is_some();
    if !nextest {
        say("cargo-nextest is not installed: running the tests with `cargo test`, more slowly");
    }
    cargo(match (nextest, profile) {
        (true, Profile::Developer) => &["nextest", "run"],
        (true, Profile::Ci) => &["nextest", "run", "--profile", "ci"],
        (false, Profile::Developer) => &["test", "--tests"],
        (false, Profile::Ci) => &["test", "--tests", "--no-fail-fast"],
    })
}

/// Whether Cargo takes the argument for a choice of packages.
fn chooses_packages(argument: &OsString) -> bool {
    argument.to_str().is_some_and(|text| text.starts_with("-p") || text.starts_with("--package"))
}
