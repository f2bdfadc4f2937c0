//! `cargo xtask test`

mod timings;

use std::{ffi::OsString, process::Command};

use timings::Timings;
use usher_testbed::{POSTGRES_VARIABLE, PostgresServer};
use usher_tooling::{Failure, answer, cargo, report_progress, step};

use crate::{fuzz, peers};

/// Who runs the tests.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// A developer: stops at the first failure.
    Developer,
    /// CI: runs all tests, and repeats the failures at the end.
    Ci,
}

/// Runs the tests; with arguments, only the tests that they select.
pub(crate) fn run(arguments: &[OsString], profile: Profile) -> Result<(), Failure> {
    let mut timings = Timings::default();
    let outcome = run_parts(arguments, profile, &mut timings);
    report_progress(&timings.summary());
    outcome
}

fn run_parts(arguments: &[OsString], profile: Profile, timings: &mut Timings) -> Result<(), Failure> {
    let is_whole_run = arguments.is_empty();
    let postgres = timings.part("preparing the test servers and clients", peers::prepare)?;
    let with_postgres = |mut command: Command| {
        command.env(POSTGRES_VARIABLE, postgres.url());
        command
    };
    let runner = Runner::find();
    if is_whole_run {
        // The build is a separate part, so that its time is shown. With arguments it would fail: nextest takes few
        // options together with --no-run.
        let mut build = with_postgres(runner.command(profile));
        build.args(["--workspace", "--no-run"]);
        timings.step("building the tests", &mut build)?;
        // Before the tests, because readers of the output look for the summary of the tests near the end.
        let mut documentation = with_postgres(cargo(&["test", "--workspace", "--doc", "--quiet"]));
        timings.step("documentation tests", &mut documentation)?;
    }
    let mut tests = with_postgres(runner.command(profile));
    tests.args(selection(arguments));
    timings.step("tests", &mut tests)?;
    if !is_whole_run {
        return Ok(());
    }
    timings.part("tests on PostgreSQL's newest release", || on_newest_postgres(runner, profile))?;
    timings.part("fuzzing", fuzz::run_short)?;
    timings.part("crash test", usher_chaos::run_short)
}

/// Runs the tests of the store once more. Plans and messages differ between releases, and the installed one
/// is usually older.
fn on_newest_postgres(runner: Runner, profile: Profile) -> Result<(), Failure> {
    let postgres = PostgresServer::start_newest()?;
    report_progress(&format!("PostgreSQL {}", postgres.sql("SHOW server_version")?));
    let mut tests = runner.command(profile);
    tests.args(["-p", "usher-persistence"]).args(runner.skipping(OF_INSTALLED_RELEASE));
    tests.env(POSTGRES_VARIABLE, postgres.url());
    step("tests of the store", &mut tests)
}

/// The test that needs `pg_dump`, which refuses a server of a newer release than its own. The newest release comes without it.
const OF_INSTALLED_RELEASE: &str = "data_can_be_restored_into_a_new_schema";

/// The program that runs the tests.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Runner {
    Nextest,
    CargoTest,
}

impl Runner {
    fn find() -> Self {
        if answer(&mut cargo(&["nextest", "--version"])).is_some() {
            return Self::Nextest;
        }
        report_progress("cargo-nextest is not installed: `cargo test` runs the tests, which takes longer");
        Self::CargoTest
    }

    /// The last arguments of a run without the test.
    fn skipping(self, test: &str) -> Vec<String> {
        match self {
            Self::Nextest => vec!["-E".to_owned(), format!("not test({test})")],
            Self::CargoTest => vec!["--".to_owned(), "--skip".to_owned(), test.to_owned()],
        }
    }

    fn command(self, profile: Profile) -> Command {
        cargo(match (self, profile) {
            (Self::Nextest, Profile::Developer) => &["nextest", "run"],
            (Self::Nextest, Profile::Ci) => &["nextest", "run", "--profile", "ci"],
            (Self::CargoTest, Profile::Developer) => &["test", "--tests"],
            (Self::CargoTest, Profile::Ci) => &["test", "--tests", "--no-fail-fast"],
        })
    }
}

/// The runner's arguments, with all packages selected unless the arguments select some.
fn selection(arguments: &[OsString]) -> Vec<OsString> {
    let mut selected = arguments.to_vec();
    if !arguments.iter().any(selects_packages) {
        selected.insert(0, "--workspace".into());
    }
    selected
}

/// Whether Cargo reads the argument as a selection of packages.
fn selects_packages(argument: &OsString) -> bool {
    argument.to_str().is_some_and(|text| text.starts_with("-p") || text.starts_with("--package"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_workspace_is_tested_unless_packages_are_selected() {
        let selected =
            |arguments: &[&str]| selection(&arguments.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(selected(&["invite"]), ["--workspace", "invite"]);
        assert_eq!(selected(&["-p", "usher-domain"]), ["-p", "usher-domain"]);
    }
}
