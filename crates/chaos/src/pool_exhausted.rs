//! R8: every connection of the pool waits for a lock.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use usher_tooling::Failure;

use crate::{
    account::{InvitingAccount, creation_outcome},
    arguments::DatabaseKind,
    http::{self, HttpOutcome},
    job::ScenarioJob,
    journal::Journal,
    replica::ReplicaRole,
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    wait::{self, USUAL_TIMEOUT},
};

/// `database.pool_size`.
const CONNECTIONS: u64 = 2;

/// Creations that wait for the lock on a connection each, or behind such a creation.
const OCCUPANTS: u32 = 6;

/// Requests while the pool is exhausted. They take less time together than the database lets a statement wait for a lock.
const REJECTED: u32 = 8;

/// The bounds of the long form. In the short form the machine is busy.
const MOST_WAIT: Duration = Duration::from_millis(300);
const MOST_HEALTH: Duration = Duration::from_millis(50);

/// Checks in each round that the server says that it is busy, and that it works as soon as the lock is gone.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let (mut scenario, account) = job.begin()?;
    let ScenarioJob { environment, kind, count: rounds, ref mut random, .. } = job;
    let spec = scenario.replica_spec(&format!("busy-{kind}"), ReplicaRole::Whole, random)?;
    let spec = spec.set("USHER__DATABASE__POOL_SIZE", &CONNECTIONS.to_string());
    let turn = environment.take_turn();
    let replica = spec.run(environment)?;
    let (busy, health) = (Journal::default(), Journal::default());
    let mut slowest_health = Duration::ZERO;
    for round in 1..=rounds {
        scenario.report_progress(&format!("round {round}"));
        let round = Round { account: &account, address: spec.address, number: round };
        let slowest = round.run(&mut scenario, kind, &busy, &health)?;
        slowest_health = slowest_health.max(slowest);
    }
    drop(turn);
    scenario.last_kill = Instant::now();
    let mut result = scenario.finish(rounds)?;
    drop(replica);
    result.verdict.violations.extend(busy.violation());
    result.verdict.violations.extend(failed_checks(&health));
    let expected = usize::try_from(rounds * REJECTED).unwrap_or(usize::MAX);
    if busy.unavailable() != expected {
        result
            .add_violation(format!("{} responses with status 503 instead of {expected}", busy.unavailable()));
    }
    if environment.long {
        bound(&mut result, "a 503", busy.longest_wait(), MOST_WAIT);
        bound(&mut result, "a check of liveness", slowest_health, MOST_HEALTH);
    }
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    result.details = json!({
        "slowest_503_ms": milliseconds(busy.longest_wait()),
        "slowest_liveness_ms": milliseconds(slowest_health),
    });
    Ok(result)
}

fn bound(result: &mut ScenarioResult, what: &str, measured: Duration, most: Duration) {
    if measured > most {
        result.add_violation(format!("{what} took {measured:.0?}, more than {most:.0?}"));
    }
}

/// Liveness has nothing to do with the database.
fn failed_checks(health: &Journal) -> Option<String> {
    let failed = health.violation();
    failed.or_else(|| (health.unavailable() > 0).then(|| "the process says that it does not live".to_owned()))
}

struct Round<'r> {
    account: &'r InvitingAccount,
    address: SocketAddr,
    number: u32,
}

impl Round<'_> {
    /// Exhausts the pool, sends further requests, and frees it. Returns the time of the slowest check of liveness.
    fn run(
        &self,
        scenario: &mut ScenarioRun<'_>,
        kind: DatabaseKind,
        busy: &Journal,
        health: &Journal,
    ) -> Result<Duration, Failure> {
        lock(scenario, kind)?;
        let (slowest, outcomes) = thread::scope(|scope| {
            let occupants: Vec<_> =
                (0..OCCUPANTS).map(|guest| scope.spawn(move || self.invite("occupant", guest))).collect();
            let rejected = await_exhausted(scenario, kind).map(|()| self.reject(busy, health));
            scenario.session.run("COMMIT")?;
            let (slowest, mut outcomes) = rejected?;
            outcomes.extend(occupants.into_iter().filter_map(|occupant| occupant.join().ok()));
            Ok::<_, Failure>((slowest, outcomes))
        })?;
        let created = wait::until("a creation after the lock", USUAL_TIMEOUT, || {
            let (email, response) = self.invite("later", 0);
            Ok(matches!(response, HttpOutcome::Response { status: 200..300, .. })
                .then_some((email, response)))
        })?;
        for (email, response) in outcomes.into_iter().chain([created]) {
            let outcome = creation_outcome(&response);
            scenario.history.creations.extend(outcome.map(|outcome| (email, outcome)));
        }
        Ok(slowest)
    }

    /// Sends requests that no connection is left for, and checks liveness between them.
    fn reject(&self, busy: &Journal, health: &Journal) -> (Duration, Vec<(String, HttpOutcome)>) {
        let mut slowest = Duration::ZERO;
        let send = |guest| {
            let sent = Instant::now();
            let (email, response) = self.invite("rejected", guest);
            busy.record(sent, &response);
            let sent = Instant::now();
            health.record(sent, &http::get(self.address, "/health/live"));
            slowest = slowest.max(sent.elapsed());
            (email, response)
        };
        let outcomes = (0..REJECTED).map(send).collect();
        (slowest, outcomes)
    }

    fn invite(&self, kind: &str, guest: u32) -> (String, HttpOutcome) {
        let email = format!("{kind}{guest}-{}@example.com", self.number);
        let response = self.account.invite(self.address, &email);
        (email, response)
    }
}

/// Takes a lock that every creation needs.
fn lock(scenario: &mut ScenarioRun<'_>, kind: DatabaseKind) -> Result<(), Failure> {
    match kind {
        DatabaseKind::Sqlite => scenario.session.run("BEGIN IMMEDIATE"),
        DatabaseKind::Postgres => {
            scenario.session.run("BEGIN")?;
            scenario.session.run("LOCK TABLE invitation IN ACCESS EXCLUSIVE MODE")
        }
    }
}

/// SQLite has one writer, which the lock holds up by itself.
fn await_exhausted(scenario: &mut ScenarioRun<'_>, kind: DatabaseKind) -> Result<(), Failure> {
    if kind == DatabaseKind::Sqlite {
        return Ok(());
    }
    wait::until("connections that wait for the lock", USUAL_TIMEOUT, || {
        let waiting = "SELECT count(*) || '' AS line FROM pg_locks WHERE NOT granted";
        Ok((scenario.session.number(waiting)? >= CONNECTIONS).then_some(()))
    })
}
