//! R6: PostgreSQL goes away under a load of creations, and comes back as itself or as its standby.

mod fault;

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};
use usher_testbed::{Forwarder, PostgresServer};
use usher_tooling::{Failure, installing_postgres};

use self::fault::{Fault, Servers, stay_away};
use crate::{
    account::InvitingAccount,
    arguments::{DatabaseKind, Scenario},
    cluster::PostgresNode,
    creation_load::CreationLoad,
    database::TestDatabase,
    environment::ChaosEnvironment,
    http::{self, HttpOutcome},
    replica::{Replica, ReplicaRole, ReplicaSpec},
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    seeded_random::SeededRandom,
    wait::{self, USUAL_TIMEOUT, pause},
};

/// Acknowledged creations before the fault and after it.
const CREATIONS: u64 = 40;

/// How long failures are looked for, once creations are acknowledged again.
const OBSERVATION: Duration = Duration::from_secs(1);

/// How long after the first failed write `/health/ready` may still return 200.
const READINESS_BOUND: Duration = Duration::from_secs(1);

/// Runs each fault `rounds` times, each on its own cluster.
pub(crate) fn run(
    environment: &ChaosEnvironment,
    kind: DatabaseKind,
    rounds: u32,
    random: &mut SeededRandom,
) -> Result<ScenarioResult, Failure> {
    let mut result = ScenarioResult::new(Scenario::Outages, kind, 0);
    let mut figures = Map::new();
    // Debian has it in another package than the server, and not in every PATH.
    installing_postgres(|| PostgresServer::program("pg_basebackup"))?;
    let faults: Vec<_> = (1..=rounds).flat_map(|round| Fault::ALL.map(|fault| (round, fault))).collect();
    let prepared = prepare_all(environment, &faults, random);
    let turn = environment.take_turn();
    let mut runs = Vec::new();
    for (place, run) in prepared {
        let executed = run.and_then(|mut run| Ok((run.execute(environment)?, run)));
        match executed {
            Ok((figure, run)) => {
                figures.insert(place.clone(), figure);
                runs.push((place, run));
            }
            Err(failure) => result.add_violation(failure.at(&place).reason()),
        }
        result.kills += 1;
    }
    drop(turn);
    for (place, run) in runs {
        match run.finish() {
            Ok(part) => result.merge(&place, part),
            Err(failure) => result.add_violation(failure.at(&place).reason()),
        }
    }
    result.details = Value::Object(figures);
    Ok(result)
}

/// Prepares all faults side by side, because most of the time goes into creating clusters.
fn prepare_all<'e>(
    environment: &'e ChaosEnvironment,
    faults: &[(u32, Fault)],
    random: &mut SeededRandom,
) -> Vec<(String, Result<OutageRun<'e>, Failure>)> {
    thread::scope(|scope| {
        let preparing: Vec<_> = (faults.iter())
            .map(|&(round, fault)| {
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
    servers: Servers<'e>,
    scenario: ScenarioRun<'e>,
    account: InvitingAccount,
    spec: ReplicaSpec,
    replica: Replica<'e>,
    violations: Vec<String>,
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
        let url = forwarder.url().to_owned();
        let servers = Servers { primary, standby: standby.transpose()?, name: forwarder };
        let database = TestDatabase::Remote { url, direct: servers.primary.url("usher") };
        let scenario = ScenarioRun::on(environment, database, DatabaseKind::Postgres, Scenario::Outages)?;
        let account = InvitingAccount::create(environment, &scenario.database, "onward")?;
        let spec = scenario.replica_spec(&format!("outage-{name}"), ReplicaRole::Whole, random)?;
        let timeout = format!("{}s", call_timeout(environment).as_secs());
        let mut spec = spec.set("USHER__DATABASE__CALL_TIMEOUT", &timeout);
        if !environment.long {
            // Mails that were being settled wait for the end of their leases.
            spec = spec.set("USHER__MAIL__DEADLINE", "2s");
        }
        let replica = spec.run(environment)?;
        Ok(Self { fault, servers, scenario, account, spec, replica, violations: Vec::new() })
    }

    /// Lets the database go away under load. Returns the figures of this fault.
    fn execute(&mut self, environment: &ChaosEnvironment) -> Result<Value, Failure> {
        self.scenario.report_progress(&self.fault.to_string());
        let load = CreationLoad::new(&self.account, vec![self.spec.address]);
        let mut unready_after = None;
        let back = thread::scope(|scope| {
            load.start(scope);
            let back = self.go_away(&load, &mut unready_after);
            load.stop();
            back
        })?;
        self.scenario.last_kill = Instant::now();
        let unavailable = load.journal().unavailable_after(back);
        let bound = bounds(environment, self.fault);
        if unavailable > bound {
            let (took, bound) = (unavailable.as_secs_f64(), bound.as_secs());
            self.violations.push(format!(
                "creations failed for {took:.1} s after the database was back, more than {bound} s"
            ));
        }
        self.violations.extend(load.journal().violation());
        if load.journal().unavailable() == 0 {
            self.violations.push("no creation failed, so the database was not away".to_owned());
        }
        let unready_bound = if environment.long { READINESS_BOUND } else { USUAL_TIMEOUT };
        if let Some(after) = unready_after.filter(|after| *after > unready_bound) {
            self.violations.push(format!("ready for {:.1} s without accepting writes", after.as_secs_f64()));
        }
        let figures = json!({
            "unavailable_seconds": unavailable.as_secs_f64(),
            "responses_503": load.journal().unavailable(),
            "longest_wait_seconds": load.journal().longest_wait().as_secs_f64(),
            "not_ready_after_seconds": unready_after.map(|after| after.as_secs_f64()),
        });
        self.scenario.history.creations = load.into_outcomes();
        let direct = self.servers.survivor(self.fault)?.url("usher");
        self.scenario.database = TestDatabase::Remote { url: self.servers.name.url().to_owned(), direct };
        self.scenario.session = self.scenario.database.session()?;
        self.scenario.history.record_unsettled_copies(&mut self.scenario.session, &self.scenario.relay)?;
        Ok(figures)
    }

    /// Inflicts the fault under load, and waits until the load succeeds again. Returns when the database was back.
    fn go_away(
        &mut self,
        load: &CreationLoad,
        unready_after: &mut Option<Duration>,
    ) -> Result<Instant, Failure> {
        load.await_more(CREATIONS)?;
        let address = self.spec.address;
        let back = self.servers.inflict(self.fault, || {
            let away = Instant::now();
            wait::until("a response of /health/ready other than 200", USUAL_TIMEOUT, || {
                let ready = http::get(address, "/health/ready");
                Ok((!matches!(ready, HttpOutcome::Response { status: 200, .. })).then_some(()))
            })?;
            *unready_after = Some(away.elapsed());
            stay_away();
            Ok(())
        })?;
        load.await_more(CREATIONS)?;
        self.replica.await_ready()?;
        pause(OBSERVATION);
        Ok(back)
    }

    /// Waits until all mails are relayed, and checks all guarantees.
    fn finish(mut self) -> Result<ScenarioResult, Failure> {
        let mut part = self.scenario.finish(1)?;
        part.verdict.violations.extend(self.violations);
        Ok(part)
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

/// The short form runs a debug build beside other work, so it only finds out whether creations succeed again at all.
fn bounds(environment: &ChaosEnvironment, fault: Fault) -> Duration {
    if environment.long { fault.bound(call_timeout(environment)) } else { USUAL_TIMEOUT }
}
