//! R1: SIGKILL at random moments, under load.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use usher_tooling::Failure;

use crate::{
    arguments::DatabaseKind,
    creation_load::CreationLoad,
    job::ScenarioJob,
    replica::{Replica, ReplicaRole, ReplicaSpec},
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    seeded_random::SeededRandom,
    wait::pause,
};

/// The random pause before a kill, counted from the last of [`CREATIONS_BETWEEN_KILLS`].
const MIN_PAUSE: Duration = Duration::from_millis(150);
const MAX_PAUSE: Duration = Duration::from_millis(1_200);

/// Acknowledged creations between two kills.
const CREATIONS_BETWEEN_KILLS: u64 = 20;

/// The minimum rate of acknowledged creations in the long form. Below it, the kills would not happen under load.
const MIN_RATE: f64 = 100.0;

/// The default of `worker.concurrency`.
const WORKER_CONCURRENCY: u64 = 4;

/// PostgreSQL serves two whole replicas. SQLite is for a single server, so the two processes share the file: one serves
/// requests, the other delivers mails.
fn roles(kind: DatabaseKind) -> [(&'static str, ReplicaRole); 2] {
    match kind {
        DatabaseKind::Postgres => [("crash-a", ReplicaRole::Whole), ("crash-b", ReplicaRole::Whole)],
        DatabaseKind::Sqlite => [("crash-api", ReplicaRole::Api), ("crash-worker", ReplicaRole::Worker)],
    }
}

/// Kills one of two processes and restarts it, again and again.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let (mut scenario, account) = job.begin()?;
    let ScenarioJob { environment, kind, count: kills, ref mut random, .. } = job;
    let mut specs = Vec::new();
    for (name, role) in roles(kind) {
        specs.push(scenario.replica_spec(name, role, random)?);
    }
    let turn = environment.take_turn();
    scenario.report_progress(&format!("{kills} kills under load"));
    let mut replicas = specs.iter().map(|spec| spec.run(environment)).collect::<Result<Vec<_>, _>>()?;
    let serving = specs.iter().filter(|spec| spec.role != ReplicaRole::Worker);
    let load = CreationLoad::new(&account, serving.map(|spec| spec.address).collect());
    let killed = thread::scope(|scope| {
        load.start(scope);
        let killed = (1..=kills).try_for_each(|kill| {
            load.await_more(CREATIONS_BETWEEN_KILLS)?;
            pause(random.duration(MIN_PAUSE, MAX_PAUSE));
            kill_and_restart(&mut scenario, &specs, &mut replicas, random)?;
            if kill % 10 == 0 {
                scenario.report_progress(&format!("{kill} kills, {:.0} creations/s", load.rate()));
            }
            Ok::<_, Failure>(())
        });
        load.stop();
        killed
    });
    let rate = load.rate();
    killed?;
    drop(turn);
    scenario.history.creations = load.into_outcomes();
    let mut result = scenario.finish(kills)?;
    drop(replicas);
    let lease = environment.lease().as_secs();
    result.details = json!({ "creations_per_second": rate, "lease_seconds": lease });
    check_bounds(&mut result, kills, rate, environment.long);
    Ok(result)
}

/// Kills a random process and restarts it.
fn kill_and_restart<'e>(
    scenario: &mut ScenarioRun<'e>,
    specs: &[ReplicaSpec],
    replicas: &mut Vec<Replica<'e>>,
    random: &mut SeededRandom,
) -> Result<(), Failure> {
    let index = usize::try_from(random.below(2)).unwrap_or_default().min(replicas.len().saturating_sub(1));
    let replica = replicas.remove(index);
    scenario.last_kill = Instant::now();
    replica.kill()?;
    let spec = specs.get(index).ok_or("no process to kill")?;
    scenario.record_kill(spec)?;
    replicas.insert(index, spec.run(scenario.environment)?);
    Ok(())
}

fn check_bounds(result: &mut ScenarioResult, kills: u32, rate: f64, long: bool) {
    let most = max_duplicates(kills, long);
    if result.verdict.duplicates > most {
        result.add_violation(format!("{} duplicates, more than {most}", result.verdict.duplicates));
    }
    if long && rate < MIN_RATE {
        result.add_violation(format!("only {rate:.0} acknowledged creations/s, less than {MIN_RATE:.0}"));
    }
}

/// The maximum number of duplicate mails. The long form has enough kills, on the release build, for a bound on the average: half
/// a duplicate for each kill. The short form allows what a killed worker can leave behind: the mails that it was sending.
fn max_duplicates(kills: u32, long: bool) -> u64 {
    if long { u64::from(kills) / 2 } else { u64::from(kills) * WORKER_CONCURRENCY }
}

#[cfg(test)]
mod tests {
    use super::max_duplicates;

    #[test]
    fn only_the_long_form_bounds_the_average_of_duplicates() {
        assert_eq!((max_duplicates(100, true), max_duplicates(6, false)), (50, 24));
    }
}
