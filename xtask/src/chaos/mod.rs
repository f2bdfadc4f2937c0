//! `cargo xtask chaos`: Usher's processes are killed, raced and cut off from their answers, and what they promised is counted.
//!
//! Everything is seen from outside: the program itself, its databases through clients of their own, an SMTP relay and HTTP clients
//! of the harness. Nothing in Usher knows of it.
//!
//! To add a scenario: a file with `run`, a variant of `Scenario`, a line in `one`.

mod account;
mod arguments;
mod cold;
mod crash;
mod http;
mod keeper;
mod ledger;
mod load;
mod outcome;
mod points;
mod programs;
mod race;
mod random;
mod relay;
mod repeat;
mod replica;
mod report;
mod scene;
mod session;
mod site;
mod store;
mod wait;

use std::{fs, io::Write as _, thread, time::Instant};

use self::{
    arguments::{Kind, Scenario},
    outcome::Finding,
    programs::Programs,
    random::Random,
    site::Site,
};
use crate::shell::{Failure, say, workspace};

pub(crate) use self::arguments::ChaosArguments;

/// Runs the scenarios, prints a table, and fails when a bound is broken.
pub(crate) fn run(arguments: &ChaosArguments) -> Result<(), Failure> {
    let findings = findings(arguments)?;
    std::io::stdout().write_all(report::table(&findings).as_bytes())?;
    conclude(&findings)
}

/// The short form, as a part of the tests: its outcome is one line, or what is broken.
pub(crate) fn short() -> Result<(), Failure> {
    let findings = findings(&ChaosArguments::short())?;
    if !findings.iter().all(Finding::is_sound) {
        std::io::stdout().write_all(report::table(&findings).as_bytes())?;
    }
    conclude(&findings)
}

fn conclude(findings: &[Finding]) -> Result<(), Failure> {
    say(&report::line(findings));
    if findings.iter().all(Finding::is_sound) {
        Ok(())
    } else {
        Err("a promise was broken".to_owned().into())
    }
}

fn findings(arguments: &ChaosArguments) -> Result<Vec<Finding>, Failure> {
    let plan = arguments.plan();
    if plan.is_empty() {
        return Err("there is no such scenario on that database".to_owned().into());
    }
    let programs = Programs::prepare(arguments.long)?;
    let kinds: Vec<Kind> = plan.iter().map(|(_, kind, _)| *kind).collect();
    let postgres = programs::postgres(&kinds, &arguments.directory)?;
    let site = Site::new(arguments, programs, postgres)?;
    say(&format!("crash test, seed {}", site.seed));
    let begun = Instant::now();
    let findings = all(&site, &plan);
    let report = report::json(site.seed, begun.elapsed().as_secs_f64(), &findings);
    let folder = workspace().join("target/chaos");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("{}.json", arguments.name())), format!("{report:#}\n"))?;
    Ok(findings)
}

/// All scenarios side by side; they take turns at killing. One that cannot go on is a finding too.
fn all(site: &Site, plan: &[(Scenario, Kind, u32)]) -> Vec<Finding> {
    thread::scope(|scope| {
        let running: Vec<_> = (plan.iter().zip(1..))
            .map(|(&(scenario, kind, count), number)| {
                let mut random = Random::new(site.seed.wrapping_add(number));
                let broken = move |failure: Failure| {
                    let mut finding = Finding::new(scenario, kind, count);
                    finding.fault(failure.reason());
                    finding
                };
                let running =
                    scope.spawn(move || one(site, scenario, kind, count, &mut random).unwrap_or_else(broken));
                (running, broken)
            })
            .collect();
        let joined = running.into_iter().map(|(running, broken)| {
            running.join().unwrap_or_else(|_| broken("it panicked".to_owned().into()))
        });
        joined.collect()
    })
}

fn one(
    site: &Site,
    scenario: Scenario,
    kind: Kind,
    count: u32,
    random: &mut Random,
) -> Result<Finding, Failure> {
    match scenario {
        Scenario::Random => crash::run(site, kind, count, random),
        Scenario::Points => points::run(site, kind, count, random),
        Scenario::Race => race::run(site, kind, count, random),
        Scenario::Cold => cold::run(site, kind, count, random),
        Scenario::Repeat => repeat::run(site, kind, count, random),
    }
}
