//! R2: SIGKILL at named points in the life of a creation and its mail.
//!
//! Usher has no code that helps: the relay stops at a chosen step, and a lock that is held from outside keeps Usher waiting at the
//! point of the kill.

mod kill_point;
mod mid_transaction;
mod trial;

use usher_tooling::Failure;

use self::trial::KillPointTrial;
use crate::{job::ScenarioJob, replica::ReplicaRole, result::ScenarioResult};

/// Kills a process `rounds` times at each point.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let (mut scenario, account) = job.begin()?;
    let ScenarioJob { environment, kind, count: rounds, ref mut random, .. } = job;
    let lock = scenario.database.session()?;
    // More deliveries at a time than kills: mails of earlier kills become due again when their leases end, and must not delay the
    // mail that the test waits for.
    let whole =
        scenario.replica_spec("points", ReplicaRole::Whole, random)?.set("USHER__WORKER__CONCURRENCY", "64");
    let api = scenario.replica_spec("points-api", ReplicaRole::Api, random)?;
    let mut trial =
        KillPointTrial { scenario: &mut scenario, kind, account, lock, whole: whole.clone(), api };
    let turn = environment.take_turn();
    trial.scenario.report_progress(&format!("{rounds} kills at each point"));
    let mut kills = 0;
    let outcome = trial.run_rounds(rounds, &mut kills);
    drop(turn);
    // After a failure, a lock or a connection may still be held.
    drop(trial);
    scenario.relay.release();
    let replica = whole.run(environment)?;
    let mut result = scenario.finish(kills)?;
    drop(replica);
    if let Err(failure) = outcome {
        result.add_violation(failure.reason());
    }
    Ok(result)
}
