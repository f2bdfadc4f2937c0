//! R12: one of two replicas has a clock that is ten minutes fast or slow.

use std::{
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use usher_tooling::{Failure, answer, install_packages, program};

use crate::{
    account::{self},
    creation_load::CreationLoad,
    http::{self, HttpOutcome},
    job::ScenarioJob,
    relay::SmtpStep,
    replica::{ReplicaRole, ReplicaSpec},
    result::ScenarioResult,
    wait::{self, USUAL_TIMEOUT, pause},
};

/// The address of the mail that is held while its lease could be stolen.
const HELD: &str = "held@example.com";

/// How long the mail is held: several polls of each worker.
const HOLD: Duration = Duration::from_secs(4);

/// Creations in each round.
const CREATIONS: u64 = 200;

/// How far a stored moment may be from the database's clock.
const TOLERANCE_SECONDS: u32 = 60;

/// One round with a fast clock and one with a slow clock, as often as `rounds` says.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let mut result = job.result();
    let library = installed()?;
    for round in 1..=job.count {
        for offset in ["+10m", "-10m"] {
            let place = format!("clock {offset}, round {round}");
            let part = run_round(&mut job, &library, offset).map_err(|failure| failure.at(&place))?;
            result.merge(&place, part);
        }
    }
    Ok(result)
}

fn run_round(job: &mut ScenarioJob<'_>, library: &Path, offset: &str) -> Result<ScenarioResult, Failure> {
    let (mut scenario, account) = job.begin()?;
    let ScenarioJob { environment, ref mut random, .. } = *job;
    let right = scenario.replica_spec("clock-right", ReplicaRole::Whole, random)?;
    let wrong = scenario.replica_spec("clock-wrong", ReplicaRole::Whole, random)?;
    let wrong = with_clock(wrong, library, offset)?;
    let turn = environment.take_turn();
    scenario.report_progress(&format!("one clock is {offset}"));
    let replicas = (right.run(environment)?, wrong.start(environment)?);
    let mut violations = Vec::new();
    // It serves with the database's clock, and says in its readiness that its own is wrong.
    wait::until("a readiness that names the clock", USUAL_TIMEOUT, || {
        let HttpOutcome::Response { status: 503, body, .. } = http::get(wrong.address, "/health/ready")
        else {
            return Ok(None);
        };
        Ok(body.contains("\"clock\"").then_some(()))
    })?;
    let load = CreationLoad::new(&account, vec![right.address, wrong.address]);
    let loaded = thread::scope(|scope| {
        load.start(scope);
        let loaded = load.await_more(CREATIONS);
        load.stop();
        loaded
    });
    loaded?;
    violations.extend(load.journal().violation());
    let mut creations = load.into_outcomes();
    for (replica, email) in [(&right, HELD), (&wrong, "late@example.com")] {
        scenario.relay.hold(SmtpStep::EndOfData, HELD);
        let response = account.invite(replica.address, email);
        creations.extend(account::creation_outcome(&response).map(|outcome| (email.to_owned(), outcome)));
    }
    scenario.relay.await_held()?;
    pause(HOLD);
    let copies = scenario.relay.count(HELD);
    if copies != 1 {
        violations.push(format!("{copies} copies of a mail during its lease"));
    }
    scenario.relay.release();
    drop(turn);
    scenario.history.creations = creations;
    scenario.last_kill = Instant::now();
    let mut part = scenario.finish(1)?;
    let late = scenario.session.number(&format!(
        "SELECT count(*) || '' AS line FROM invitation WHERE abs(extract(epoch FROM \
         now() AT TIME ZONE 'UTC' - created_at)) > {TOLERANCE_SECONDS} + {} \
         OR abs(extract(epoch FROM expires_at - created_at) - 1209600) > 1",
        part.drained_in.unwrap_or_default().as_secs()
    ))?;
    if late > 0 {
        violations.push(format!("{late} invitations were created or expire at a wrong time"));
    }
    drop(replicas);
    if part.verdict.duplicates > 0 {
        violations.push(format!("{} duplicates", part.verdict.duplicates));
    }
    part.verdict.violations.extend(violations);
    part.details = json!({ "acknowledged": part.verdict.acknowledged, "copies_during_a_lease": copies });
    Ok(part)
}

/// Timers keep running as they are: only the time of day is wrong.
fn with_clock(spec: ReplicaSpec, library: &Path, offset: &str) -> Result<ReplicaSpec, Failure> {
    let library = library.to_str().ok_or("a path that is not UTF-8")?;
    Ok(spec.set("LD_PRELOAD", library).set("FAKETIME", offset).set("FAKETIME_DONT_FAKE_MONOTONIC", "1"))
}

/// The library that shows a process another time. Installs it if it is missing.
fn installed() -> Result<PathBuf, Failure> {
    let find = || {
        let files = answer(program("dpkg").args(["-L", "libfaketime"]))?;
        files.lines().find(|file| file.ends_with("/libfaketime.so.1")).map(PathBuf::from)
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    install_packages(&["libfaketime"])?;
    find().ok_or_else(|| "found no libfaketime after its installation".into())
}
