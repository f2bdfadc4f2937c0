//! R6: PostgreSQL goes away under a load of creations, and comes back as itself or as its standby.

mod fault;

use std::{thread, time::Duration};

use serde_json::Value;
use usher_testbed::{Forwarder, PostgresServer};
use usher_tooling::{Failure, installing_postgres};

use self::fault::{Fault, Servers};
use crate::{
    arguments::{DatabaseKind, Scenario},
    cluster::PostgresNode,
    environment::ChaosEnvironment,
    interruption::{Bounds, Interruption},
    job::ScenarioJob,
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    seeded_random::SeededRandom,
};

/// How long the database stays away after Usher has noticed.
const ABSENCE: Duration = Duration::from_secs(1);

/// Runs each fault `rounds` times, each on its own cluster.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let mut result = ScenarioResult { kills: 0, ..job.result() };
    let ScenarioJob { environment, count: rounds, ref mut random, .. } = job;
    // Debian has it in another package than the server, and not in every PATH.
    installing_postgres(|| PostgresServer::program("pg_basebackup"))?;
    let mut runs = Vec::new();
    for round in 1..=rounds {
        let prepared = prepare_all(environment, round, random);
        let turn = environment.take_turn();
        for (place, run) in prepared {
            let executed = run.and_then(|mut run| Ok((run.execute(environment)?, run)));
            match executed {
                Ok((figures, run)) => runs.push((place, run, figures)),
                Err(failure) => result.add_violation(failure.at(&place).reason()),
            }
            result.kills += 1;
        }
        drop(turn);
    }
    for (place, run, mut figures) in runs {
        match run.finish() {
            Ok(part) => {
                if let Some(figures) = figures.as_object_mut() {
                    let drained_in = part.drained_in.map(|drained_in| drained_in.as_secs_f64());
                    figures.insert("drained_in_seconds".to_owned(), drained_in.into());
                }
                result.merge(&place, ScenarioResult { details: figures, ..part });
            }
            Err(failure) => result.add_violation(failure.at(&place).reason()),
        }
    }
    Ok(result)
}

/// Prepares all faults of a round side by side, because most of the time goes into creating clusters.
fn prepare_all<'e>(
    environment: &'e ChaosEnvironment,
    round: u32,
    random: &mut SeededRandom,
) -> Vec<(String, Result<OutageRun<'e>, Failure>)> {
    thread::scope(|scope| {
        let preparing: Vec<_> = (Fault::ALL.into_iter())
            .map(|fault| {
                let mut random = SeededRandom::new(random.below(u64::MAX));
                let prepare = move || OutageRun::prepare(environment, fault, round, &mut random);
                (format!("{fault}, round {round}"), scope.spawn(prepare))
            })
            .collect();
        let prepared = preparing.into_iter().map(|(place, preparing)| {
            (place, preparing.join().unwrap_or_else(|_| Err("the preparation panicked".into())))
        });
        prepared.collect()
    })
}

/// One fault on one cluster.
struct OutageRun<'e> {
    fault: Fault,
    interruption: Interruption<'e>,
    /// Ends after the server that uses it.
    servers: Servers<'e>,
}

impl<'e> OutageRun<'e> {
    fn prepare(
        environment: &'e ChaosEnvironment,
        fault: Fault,
        round: u32,
        random: &mut SeededRandom,
    ) -> Result<Self, Failure> {
        let name = format!("{fault}-{round}").replace(' ', "-");
        let mut primary = PostgresNode::create(environment, environment.folder(), &name, random)?;
        primary.start()?;
        primary.await_answer()?;
        primary.sql("CREATE DATABASE usher")?;
        let standby = fault.needs_standby().then(|| primary.create_standby(&standby_name(&name), random));
        let forwarder = Forwarder::start(&primary.url("usher"))?;
        let servers = Servers { primary, standby: standby.transpose()?, name: forwarder };
        let database = servers.database(&servers.primary);
        let scenario = ScenarioRun::on(environment, database, DatabaseKind::Postgres, Scenario::Outages)?;
        let timeout = format!("{}s", call_timeout(environment).as_secs());
        let settings = [("USHER__DATABASE__CALL_TIMEOUT", timeout)];
        let name = format!("outage-{name}");
        let interruption = Interruption::prepare(environment, scenario, &name, &settings, random)?;
        Ok(Self { fault, interruption, servers })
    }

    /// Lets the database go away under load. Returns the figures of this fault.
    fn execute(&mut self, environment: &ChaosEnvironment) -> Result<Value, Failure> {
        self.interruption.scenario.report_progress(&self.fault.to_string());
        let recovery = self.fault.bound(call_timeout(environment));
        let bounds = Bounds { detection: Duration::from_secs(1), recovery };
        let (servers, fault) = (&mut self.servers, self.fault);
        let figures = self
            .interruption
            .execute(environment, bounds, |while_away| servers.inflict(fault, || while_away(ABSENCE)))?;
        self.interruption.scenario.database = self.servers.database(self.servers.survivor(fault)?);
        self.interruption.reconnect()?;
        Ok(figures)
    }

    fn finish(self) -> Result<ScenarioResult, Failure> {
        self.interruption.finish()
    }
}

/// A name that needs no quotes in SQL.
fn standby_name(name: &str) -> String {
    format!("{}_standby", name.replace('-', "_"))
}

/// `database.call_timeout`. The long form uses the default.
fn call_timeout(environment: &ChaosEnvironment) -> Duration {
    Duration::from_secs(if environment.long { 5 } else { 2 })
}
