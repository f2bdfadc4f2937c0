//! R15: several processes start at once on an empty database.

use std::time::{Duration, Instant};

use serde_json::json;
use usher_tooling::{Failure, report_progress};

use crate::{
    account::InvitingAccount,
    arguments::DatabaseKind,
    database::TestDatabase,
    job::ScenarioJob,
    relay::SmtpRelay,
    replica::{ReplicaRole, ReplicaSpec},
    result::ScenarioResult,
};

/// Four replicas on PostgreSQL. SQLite is for a single server, which can be split into two processes.
fn roles(kind: DatabaseKind) -> &'static [ReplicaRole] {
    match kind {
        DatabaseKind::Postgres => &[ReplicaRole::Whole; 4],
        DatabaseKind::Sqlite => &[ReplicaRole::Api, ReplicaRole::Worker],
    }
}

/// Checks in each round that all processes become ready, and that the schema is complete.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let mut result = job.result();
    let ScenarioJob { environment, kind, count: rounds, ref mut random, .. } = job;
    let relay = SmtpRelay::start()?;
    let mut slowest = Duration::ZERO;
    let _turn = environment.take_turn();
    let processes = roles(kind).len();
    report_progress(&format!("R15 on {kind}: {rounds} × {processes} processes on an empty database"));
    for round in 1..=rounds {
        let database = TestDatabase::create(environment, kind, &format!("cold{round}"))?;
        let spec = |(number, role): (usize, &ReplicaRole)| {
            let name = format!("cold-{number}");
            ReplicaSpec::new(environment, &database, &name, *role, relay.port(), random)
        };
        let specs = roles(kind).iter().enumerate().map(spec).collect::<Result<Vec<_>, _>>()?;
        let started_at = Instant::now();
        let started: Vec<_> = specs.iter().map(|spec| spec.start(environment)).collect::<Result<_, _>>()?;
        for mut replica in started {
            if let Err(failure) = replica.await_ready() {
                result.add_violation(format!("round {round}: {}", failure.at("cold start").reason()));
            }
        }
        slowest = slowest.max(started_at.elapsed());
        InvitingAccount::create(environment, &database, "onward")?;
        result.verdict.acknowledged += 1;
    }
    result.details = json!({ "processes": processes, "slowest_seconds": slowest.as_secs_f64() });
    Ok(result)
}
