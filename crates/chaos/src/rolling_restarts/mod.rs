//! R3: restarts with SIGTERM, one replica after the other, behind a proxy that repeats no request.

mod haproxy;

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use usher_tooling::Failure;

use self::haproxy::HaProxy;
use crate::{
    account::InvitingAccount,
    creation_load::CreationLoad,
    environment::ChaosEnvironment,
    job::ScenarioJob,
    journal::Journal,
    replica::{Replica, ReplicaRole, ReplicaSpec},
    result::ScenarioResult,
    wait::pause,
};

/// The longest time from SIGTERM to the end of the process.
const EXIT_TIMEOUT: Duration = Duration::from_secs(15);

/// Creations after each restart before the next one.
const CREATIONS_BETWEEN_RESTARTS: u64 = 40;

/// The minimum number of requests in the long form.
const MIN_REQUESTS: u64 = 4_000;

/// The pause between two reads.
const READ_INTERVAL: Duration = Duration::from_millis(20);

/// Restarts the two replicas in turn, and counts the requests that fail.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let (mut scenario, account) = job.begin()?;
    let ScenarioJob { environment, count: restarts, ref mut random, .. } = job;
    let mut specs = Vec::new();
    for name in ["rolling-a", "rolling-b"] {
        let spec = scenario.replica_spec(name, ReplicaRole::Whole, random)?;
        specs.push(spec.set("USHER__SERVER__DRAIN_DELAY", drain_delay(environment)));
    }
    let turn = environment.take_turn();
    scenario.report_progress(&format!("{restarts} restarts under load"));
    let mut replicas = specs.iter().map(|spec| spec.run(environment)).collect::<Result<Vec<_>, _>>()?;
    let addresses: Vec<_> = specs.iter().map(|spec| spec.address).collect();
    let proxy = HaProxy::start(environment, &addresses, random)?;
    let load = CreationLoad::new(&account, vec![proxy.address()]);
    let reads = Reads::default();
    let restarted = thread::scope(|scope| {
        load.start(scope);
        scope.spawn(|| reads.run(&account, &proxy));
        let restarted = (0..restarts).try_fold(Duration::ZERO, |slowest, restart| {
            load.await_more(CREATIONS_BETWEEN_RESTARTS)?;
            let index = usize::try_from(restart % 2).unwrap_or_default();
            let exit = restart_one(environment, &specs, &mut replicas, index)?;
            proxy.await_use_of(specs.len())?;
            Ok::<_, Failure>(slowest.max(exit))
        });
        load.stop();
        reads.is_over.store(true, Ordering::Relaxed);
        restarted
    });
    drop(turn);
    let slowest_exit = restarted?;
    scenario.last_kill = Instant::now();
    let mut violations = failures(load.journal());
    violations.extend(failures(&reads.journal));
    let reads = reads.count.load(Ordering::Relaxed);
    scenario.history.creations = load.into_outcomes();
    let mut result = scenario.finish(restarts)?;
    drop(replicas);
    result.verdict.violations.extend(violations);
    let requests = result.verdict.acknowledged + reads;
    if result.verdict.duplicates > 0 {
        result.add_violation(format!("{} duplicates", result.verdict.duplicates));
    }
    if environment.long && requests < MIN_REQUESTS {
        result.add_violation(format!("only {requests} requests, less than {MIN_REQUESTS}"));
    }
    result.details = json!({ "requests": requests, "slowest_exit_seconds": slowest_exit.as_secs_f64() });
    Ok(result)
}

/// `server.drain_delay`. The long form uses the default. The proxy checks five times a second.
fn drain_delay(environment: &ChaosEnvironment) -> &'static str {
    if environment.long { "5s" } else { "2s" }
}

/// Ends a process with SIGTERM and starts it again. Returns how long it took to end.
fn restart_one<'e>(
    environment: &'e ChaosEnvironment,
    specs: &[ReplicaSpec],
    replicas: &mut Vec<Replica<'e>>,
    index: usize,
) -> Result<Duration, Failure> {
    let spec = specs.get(index).ok_or("no process to restart")?;
    let exit = replicas.remove(index).terminate(EXIT_TIMEOUT)?;
    replicas.insert(index, spec.run(environment)?);
    Ok(exit)
}

/// Everything but success is a failure: another replica was always ready.
fn failures(journal: &Journal) -> Vec<String> {
    let unavailable = journal.unavailable();
    let unavailable = (unavailable > 0).then(|| format!("{unavailable} responses with status 503"));
    journal.violation().into_iter().chain(unavailable).collect()
}

/// A client that lists invitations.
#[derive(Default)]
struct Reads {
    is_over: AtomicBool,
    count: AtomicU64,
    journal: Journal,
}

impl Reads {
    fn run(&self, account: &InvitingAccount, proxy: &HaProxy<'_>) {
        while !self.is_over.load(Ordering::Relaxed) {
            let sent = Instant::now();
            self.journal.record(sent, &account.list(proxy.address()));
            self.count.fetch_add(1, Ordering::Relaxed);
            pause(READ_INTERVAL);
        }
    }
}
