//! `cargo xtask chaos`: kills Usher's processes, races them, cuts them off from their clients and takes their database away,
//! and checks that they keep Usher's guarantees.
//!
//! Each scenario observes Usher from outside: through the program itself, HTTP clients, its own SMTP relay, and
//! database clients that share no code with Usher. Usher has no code for these tests, and this crate uses no crate of
//! the product.
//!
//! To add a scenario, add a file with `run`, a variant of `Scenario`, and a call in `run_scenario`.

mod account;
mod arguments;
mod checker;
mod child;
mod cluster;
mod cold_start;
mod concurrent_acceptances;
mod creation_load;
mod database;
mod disk_full;
mod environment;
mod history;
mod http;
mod interruption;
mod job;
mod journal;
mod kill_points;
mod lost_responses;
mod outage;
mod pool_exhausted;
mod pooler;
mod random_kills;
mod reaper;
mod refused_recipients;
mod relay;
mod relay_down;
mod replica;
mod report;
mod result;
mod rolling_restarts;
mod scenario_run;
mod seeded_random;
mod session;
mod signal;
mod slow_clients;
mod stopped_worker;
mod wait;
mod wrong_clock;

use std::{fs, io::Write as _, thread, time::Instant};

use usher_testbed::PostgresServer;
use usher_tooling::{BuildProfile, Failure, UsherPrograms, installing_postgres, report_progress, workspace};

pub use crate::arguments::ChaosArguments;
use crate::{
    arguments::{DatabaseKind, Scenario},
    environment::ChaosEnvironment,
    job::ScenarioJob,
    result::ScenarioResult,
    seeded_random::SeededRandom,
};

/// Runs the scenarios, prints a table, and fails when a guarantee is violated.
pub fn run(arguments: &ChaosArguments) -> Result<(), Failure> {
    let results = run_scenarios(arguments)?;
    std::io::stdout().write_all(report::table(&results).as_bytes())?;
    conclude(&results)
}

/// Runs the short form, as a part of the tests. Prints one line, and the table only when a guarantee is violated.
pub fn run_short() -> Result<(), Failure> {
    let results = run_scenarios(&ChaosArguments::short())?;
    if !results.iter().all(ScenarioResult::passed) {
        std::io::stdout().write_all(report::table(&results).as_bytes())?;
    }
    conclude(&results)
}

fn conclude(results: &[ScenarioResult]) -> Result<(), Failure> {
    report_progress(&report::summary(results));
    if results.iter().all(ScenarioResult::passed) { Ok(()) } else { Err("a guarantee was violated".into()) }
}

/// Runs the planned scenarios and writes the report.
fn run_scenarios(arguments: &ChaosArguments) -> Result<Vec<ScenarioResult>, Failure> {
    let plan = arguments.plan();
    if plan.is_empty() {
        return Err("this scenario does not run on this database".into());
    }
    let profile = if arguments.long { BuildProfile::Release } else { BuildProfile::Dev };
    let programs = UsherPrograms::build(profile)?;
    let needs_postgres = plan.iter().any(|(_, kind, _)| *kind == DatabaseKind::Postgres);
    let start = || PostgresServer::start_durable(&arguments.directory);
    let postgres = if needs_postgres { Some(installing_postgres(start)?) } else { None };
    let environment = ChaosEnvironment::new(arguments, programs, postgres)?;
    report_progress(&format!("crash test, seed {}", environment.seed));
    let started = Instant::now();
    let results = run_all(&environment, &plan);
    let report = report::json(environment.seed, started.elapsed().as_secs_f64(), &results);
    let folder = workspace().join("target/chaos");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("{}.json", arguments.name())), format!("{report:#}\n"))?;
    Ok(results)
}

/// Runs all scenarios side by side; they take turns at killing. A scenario that ends early also has a result.
fn run_all(environment: &ChaosEnvironment, plan: &[(Scenario, DatabaseKind, u32)]) -> Vec<ScenarioResult> {
    thread::scope(|scope| {
        let running: Vec<_> = (plan.iter().zip(1..))
            .map(|(&(scenario, kind, count), number)| {
                let random = SeededRandom::new(environment.seed.wrapping_add(number));
                let failed = move |failure: Failure| {
                    let mut result = ScenarioResult::new(scenario, kind, count);
                    result.add_violation(failure.reason());
                    result
                };
                let job = ScenarioJob { environment, scenario, kind, count, random };
                let running = scope.spawn(move || run_scenario(job).unwrap_or_else(failed));
                (running, failed)
            })
            .collect();
        let joined = running.into_iter().map(|(running, failed)| {
            running.join().unwrap_or_else(|_| failed("the scenario panicked".into()))
        });
        joined.collect()
    })
}

fn run_scenario(job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    match job.scenario {
        Scenario::RandomKills => random_kills::run(job),
        Scenario::KillPoints => kill_points::run(job),
        Scenario::RollingRestarts => rolling_restarts::run(job),
        Scenario::PoolExhausted => pool_exhausted::run(job),
        Scenario::SlowClients => slow_clients::run(job),
        Scenario::WrongClock => wrong_clock::run(job),
        Scenario::Outages => outage::run(job),
        Scenario::DiskFull => disk_full::run(job),
        Scenario::Pooler => pooler::run(job),
        Scenario::RelayDown => relay_down::run(job),
        Scenario::RefusedRecipients => refused_recipients::run(job),
        Scenario::StoppedWorker => stopped_worker::run(job),
        Scenario::ConcurrentAcceptances => concurrent_acceptances::run(job),
        Scenario::ColdStart => cold_start::run(job),
        Scenario::LostResponses => lost_responses::run(job),
    }
}
