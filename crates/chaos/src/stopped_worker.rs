//! R13: a worker is stopped for longer than its lease, and continues.
//!
//! SIGSTOP stops the worker when the relay has the whole mail and has not confirmed it. The relay confirms it then, the lease ends, and
//! another worker sends the mail again. When the first worker continues, its result is late: the token of its lease is not the
//! mail's any more, so nothing is stored.

use std::time::{Duration, Instant};

use serde_json::json;
use usher_tooling::Failure;

use crate::{
    account::{self, InvitingAccount},
    arguments::DatabaseKind,
    history::CreationOutcome,
    job::ScenarioJob,
    relay::SmtpStep,
    replica::{Replica, ReplicaRole, ReplicaSpec},
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    signal::signal,
    wait::{self, USUAL_TIMEOUT},
};

/// `mail.deadline` of the short form, in seconds. The lease is as short as it can be: 32 seconds.
const SHORT_DEADLINE: u64 = 1;

/// What the worker logs when its result is refused.
const REFUSED: &str = "lease ended before its delivery did";

/// The processes of the scenario.
struct Processes {
    api: ReplicaSpec,
    stopped: ReplicaSpec,
    other: ReplicaSpec,
    lease: Duration,
}

/// Stops a worker `rounds` times.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let (mut scenario, account) = job.begin()?;
    let ScenarioJob { environment, count: rounds, ref mut random, .. } = job;
    let deadline = if environment.long { environment.mail_deadline() } else { SHORT_DEADLINE };
    let mut spec = |name, role| {
        let spec = scenario.replica_spec(name, role, random)?;
        Ok::<_, Failure>(spec.set("USHER__MAIL__DEADLINE", &format!("{deadline}s")))
    };
    let processes = Processes {
        api: spec("stop-api", ReplicaRole::Api)?,
        stopped: spec("stopped", ReplicaRole::Worker)?,
        other: spec("other", ReplicaRole::Worker)?,
        lease: Duration::from_secs(2 * deadline + 30),
    };
    scenario.report_progress(&format!("{rounds} workers stopped for {} s", processes.lease.as_secs()));
    let api = processes.api.run(environment)?;
    let mut violations = Vec::new();
    for round in 1..=rounds {
        let email = format!("guest{round}@example.com");
        if let Err(failure) = stop_and_continue(&mut scenario, &account, &processes, &email) {
            violations.push(failure.at(&format!("round {round}")).reason());
        }
    }
    let mut result = scenario.finish(rounds)?;
    drop(api);
    if result.verdict.duplicates > u64::from(rounds) {
        violations.push(format!("{} duplicates", result.verdict.duplicates));
    }
    result.verdict.violations.extend(violations);
    result.details = json!({ "lease_seconds": processes.lease.as_secs() });
    Ok(result)
}

fn stop_and_continue(
    scenario: &mut ScenarioRun<'_>,
    account: &InvitingAccount,
    processes: &Processes,
    email: &str,
) -> Result<(), Failure> {
    let environment = scenario.environment;
    let mut stopped = processes.stopped.run(environment)?;
    scenario.relay.hold(SmtpStep::EndOfData, email);
    let response = account.invite(processes.api.address, email);
    match account::creation_outcome(&response) {
        Some(outcome @ CreationOutcome::Acknowledged(_)) => {
            scenario.history.creations.insert(email.to_owned(), outcome);
        }
        _ => return Err(format!("creation not acknowledged: {response:?}").into()),
    }
    scenario.relay.await_held()?;
    stop_outside_transactions(scenario, &processes.stopped, &stopped)?;
    let stopped_at = Instant::now();
    scenario.history.record_unsettled_copies(&mut scenario.session, &scenario.relay)?;
    scenario.relay.release();

    let other = processes.other.run(environment)?;
    let relay = scenario.relay.clone();
    wait::until("the other worker's mail", processes.lease + USUAL_TIMEOUT, || {
        Ok((relay.count(email) > 1).then_some(()))
    })?;
    if stopped_at.elapsed() + Duration::from_secs(5) < processes.lease {
        return Err("another worker had the mail before the lease ended".into());
    }
    let settled = await_relayed(scenario, email)?;
    signal("CONT", stopped.pid())?;
    scenario.last_kill = Instant::now();
    wait::until("the refusal of the late result", USUAL_TIMEOUT, || {
        Ok(stopped.log().contains(REFUSED).then_some(()))
    })?;
    let after = row(scenario, email)?;
    if after != settled {
        return Err(format!("the late result was stored: {settled}, then {after}").into());
    }
    if !stopped.is_running()? {
        return Err("the stopped worker has ended".into());
    }
    drop(other);
    Ok(())
}

/// Stops a process at a moment when it has no transaction open, whose locks would stop the others as well.
fn stop_outside_transactions(
    scenario: &mut ScenarioRun<'_>,
    spec: &ReplicaSpec,
    replica: &Replica<'_>,
) -> Result<(), Failure> {
    let sql = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{}' AND state <> 'idle'",
        spec.name
    );
    wait::until("a stop outside transactions", USUAL_TIMEOUT, || {
        signal("STOP", replica.pid())?;
        let is_busy = match scenario.kind() {
            DatabaseKind::Postgres => scenario.session.number(&sql)? > 0,
            DatabaseKind::Sqlite => scenario.session.rows("PROBE")?.iter().any(|row| row == "busy"),
        };
        if is_busy {
            signal("CONT", replica.pid())?;
        }
        Ok((!is_busy).then_some(()))
    })
}

fn await_relayed(scenario: &mut ScenarioRun<'_>, email: &str) -> Result<String, Failure> {
    wait::until("the other worker's result", USUAL_TIMEOUT, || {
        Ok(Some(row(scenario, email)?).filter(|row| row.starts_with("relayed|")))
    })
}

/// What is stored of the mail's delivery.
fn row(scenario: &mut ScenarioRun<'_>, email: &str) -> Result<String, Failure> {
    let rows = scenario.session.rows(&format!(
        "SELECT m.state || '|' || m.attempts || '|' || m.updated_at || '|' || coalesce(m.last_error, '') AS line
         FROM delivery m JOIN invitation i ON i.id = m.invitation_id WHERE i.email = '{email}'"
    ))?;
    rows.first().cloned().ok_or_else(|| format!("no mail to {email}").into())
}
