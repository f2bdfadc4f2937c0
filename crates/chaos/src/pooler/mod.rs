//! Usher behind PgBouncer, in the configuration of docs/OPERATIONS.md, while another client uses the same pool.

mod neighbour;
mod pgbouncer;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Instant,
};

use serde_json::json;
use usher_tooling::Failure;

use self::{
    neighbour::Neighbour,
    pgbouncer::{PgBouncer, PoolMode},
};
use crate::{
    account::{self, InvitingAccount, OTHER_ACCOUNT},
    arguments::{DatabaseKind, Scenario},
    creation_load::CreationLoad,
    database::TestDatabase,
    environment::ChaosEnvironment,
    http::{self, HttpOutcome},
    job::ScenarioJob,
    replica::{ReplicaRole, ReplicaSpec},
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    seeded_random::SeededRandom,
    wait::{self, USUAL_TIMEOUT},
};

/// Runs each mode of pooling in each round.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let mut result = job.result();
    let ScenarioJob { environment, count: rounds, ref mut random, .. } = job;
    for round in 1..=rounds {
        for mode in [PoolMode::Transaction, PoolMode::Session] {
            let place = format!("{mode}, round {round}");
            let part = run_mode(environment, mode, round, random).map_err(|failure| failure.at(&place))?;
            result.merge(&place, part);
        }
    }
    Ok(result)
}

/// Creations, deliveries and an acceptance through the pool.
fn run_mode(
    environment: &ChaosEnvironment,
    mode: PoolMode,
    round: u32,
    random: &mut SeededRandom,
) -> Result<ScenarioResult, Failure> {
    let database = environment.postgres()?.create_database()?;
    let name = format!("{mode}-{round}").replace(' ', "-");
    let pooler = PgBouncer::start(environment, mode, &name, database.url(), random)?;
    let through_pool = TestDatabase::Remote { url: pooler.url().to_owned(), direct: pooler.url().to_owned() };
    let direct = TestDatabase::Remote { url: database.url().to_owned(), direct: database.url().to_owned() };
    let mut scenario = ScenarioRun::on(environment, direct, DatabaseKind::Postgres, Scenario::Pooler)?;
    let mut neighbour = Neighbour::new(through_pool.session()?, &mut scenario.session)?;
    let spec = spec(environment, mode, &name, &through_pool, &scenario, random)?;
    // Before anything else uses the database, so that the migrations run through the pool as well.
    let replica = spec.run(environment)?;
    let account = InvitingAccount::create(environment, &scenario.database, "onward")?;
    InvitingAccount::create(environment, &scenario.database, OTHER_ACCOUNT)?;
    let token = account::add_member(environment, &scenario.database, OTHER_ACCOUNT, "grace@example.com")?;

    let turn = environment.take_turn();
    scenario.report_progress(&format!("PgBouncer in {mode}"));
    let load = CreationLoad::new(&account, vec![spec.address]);
    let is_over = AtomicBool::new(false);
    let loaded = thread::scope(|scope| {
        load.start(scope);
        scope.spawn(|| neighbour.run(&is_over));
        let loaded = load.await_more(if environment.long { 2_000 } else { 300 });
        load.stop();
        is_over.store(true, Ordering::Relaxed);
        loaded
    });
    let mut violations = neighbour.violations;
    violations.extend(load.journal().violation());
    if load.journal().unavailable() > 0 {
        violations.push(format!("{} responses with status 503", load.journal().unavailable()));
    }
    loaded.map_err(|failure| match violations.first() {
        Some(violation) => failure.at(violation),
        None => failure,
    })?;
    violations.extend(accept_one(&scenario, &spec, &token).err().map(Failure::reason));
    drop(turn);
    scenario.last_kill = Instant::now();
    let figures =
        json!({ "creations_per_second": load.rate(), "statements_of_another_client": neighbour.statements });
    scenario.history.creations = load.into_outcomes();
    let mut part = scenario.finish(round)?;
    drop(replica);
    part.verdict.violations.extend(violations);
    part.details = figures;
    Ok(part)
}

/// What the operations guide tells to configure, and limits that the other client would notice.
fn spec(
    environment: &ChaosEnvironment,
    mode: PoolMode,
    name: &str,
    through_pool: &TestDatabase,
    scenario: &ScenarioRun<'_>,
    random: &mut SeededRandom,
) -> Result<ReplicaSpec, Failure> {
    let relay = scenario.relay.port();
    let spec = ReplicaSpec::new(environment, through_pool, name, ReplicaRole::Whole, relay, random)?;
    // Requests wait as long as necessary, so that every 503 is a violation.
    let spec = spec.set("USHER__DATABASE__CALL_TIMEOUT", "1s").set("USHER__DATABASE__ACQUIRE_TIMEOUT", "30s");
    let keeps_statements = (mode == PoolMode::Session).to_string();
    Ok(spec.set("USHER__DATABASE__STATEMENT_CACHE", &keeps_statements))
}

/// Accepts one of the invitations through its mail.
fn accept_one(scenario: &ScenarioRun<'_>, spec: &ReplicaSpec, token: &str) -> Result<(), Failure> {
    let mail = wait::until("a mail", USUAL_TIMEOUT, || {
        Ok(scenario.relay.mails().into_values().next().and_then(|copies| copies.first().cloned()))
    })?;
    match account::accept(http::connect(spec.address)?, token, &mail) {
        HttpOutcome::Response { status: 200, .. } => Ok(()),
        other => Err(format!("the acceptance failed: {other:?}").into()),
    }
}
