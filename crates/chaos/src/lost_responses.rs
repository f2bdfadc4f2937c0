//! R16: a client sees no response, but the invitation exists. The retry with the same Idempotency-Key returns the original
//! response, and nothing is done twice.
//!
//! The client sends the request and waits until the row is in the database. Then the process is killed; the client does not read
//! what the process may have sent by then. The worker is never killed, so every duplicate mail comes from the retry.

use std::time::Instant;

use serde_json::json;
use usher_tooling::Failure;

use crate::{
    account::{self, InvitingAccount},
    http::{self, HttpOutcome},
    job::ScenarioJob,
    replica::{ReplicaRole, ReplicaSpec},
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    wait::{self, USUAL_TIMEOUT},
};

/// Loses one response in each round, and retries.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let (mut scenario, account) = job.begin()?;
    let ScenarioJob { environment, count: rounds, ref mut random, .. } = job;
    let api = scenario.replica_spec("repeat", ReplicaRole::Api, random)?;
    let worker = scenario.replica_spec("mails", ReplicaRole::Worker, random)?;
    let turn = environment.take_turn();
    scenario.report_progress(&format!("{rounds} lost responses"));
    let mut violations = Vec::new();
    for round in 1..=rounds {
        let email = format!("guest{round}@example.com");
        if let Err(failure) = lose_and_retry(&mut scenario, &account, &api, &email) {
            violations.push(failure.at(&format!("round {round}")).reason());
        }
    }
    drop(turn);
    let worker = worker.run(environment)?;
    let mut result = scenario.finish(rounds)?;
    drop(worker);
    if result.verdict.duplicates > 0 {
        violations.push(format!("{} duplicate mails", result.verdict.duplicates));
    }
    result.verdict.violations.extend(violations);
    result.details = json!({ "lease_seconds": environment.lease().as_secs() });
    Ok(result)
}

fn lose_and_retry(
    scenario: &mut ScenarioRun<'_>,
    account: &InvitingAccount,
    api: &ReplicaSpec,
    email: &str,
) -> Result<(), Failure> {
    let key = email.replace(['@', '.'], "-");
    let replica = api.run(scenario.environment)?;
    let unread = account.send_invite(api.address, email, &key)?;
    let sql = format!("SELECT secure_id AS line FROM invitation WHERE email = '{email}'");
    let stored = wait::until("the invitation's row", USUAL_TIMEOUT, || {
        Ok(scenario.session.rows(&sql)?.first().cloned())
    })?;
    scenario.last_kill = Instant::now();
    replica.kill()?;
    drop(unread);
    scenario.record_kill(api)?;

    let _replica = api.run(scenario.environment)?;
    let response = wait::until("a response other than 409", USUAL_TIMEOUT, || {
        let response = account.send_invite(api.address, email, &key)?.response();
        Ok((!matches!(response, HttpOutcome::Response { status: 409, .. })).then_some(response))
    })?;
    let HttpOutcome::Response { status: 200, head, body } = &response else {
        return Err(format!("unexpected response to the retry: {response:?}").into());
    };
    if http::header(head, "idempotency-replayed") != Some("true") {
        return Err(format!("the retry's response is not marked as a replay: {head}").into());
    }
    if account::secure_id(body).as_ref() != Some(&stored) {
        return Err(format!("the retry returned another invitation: {body}").into());
    }
    let outcome = account::creation_outcome(&response);
    scenario.history.creations.extend(outcome.map(|outcome| (email.to_owned(), outcome)));
    Ok(())
}
