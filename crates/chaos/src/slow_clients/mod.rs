//! R9: 2,000 clients that never finish a request, beside honest ones.

mod socket;

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use usher_tooling::Failure;

use self::socket::{SlowSocket, Slowness};
use crate::{
    account::InvitingAccount, job::ScenarioJob, journal::Journal, replica::ReplicaRole,
    result::ScenarioResult, wait::pause,
};

/// Slow clients of each kind.
const EACH: usize = 500;

/// Files that this process opens beside the connections.
const SPARE_FILES: u64 = 200;

/// The longest time until a slow client's connection is closed.
const MOST_OPEN: Duration = Duration::from_secs(10);

/// The longest time that the scenario waits for that.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The time between two bytes of a slow client.
const DRIP_INTERVAL: Duration = Duration::from_millis(250);

/// How long honest clients are measured alone.
const BASE: Duration = Duration::from_secs(3);

/// The pause between two requests of the honest client.
const HONEST_INTERVAL: Duration = Duration::from_millis(5);

/// Opens the connections of slow clients in each round. Checks that the server closes all of them, and that the requests of honest
/// clients succeed meanwhile.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let (mut scenario, account) = job.begin()?;
    let ScenarioJob { environment, count: rounds, ref mut random, .. } = job;
    raise_file_limit()?;
    let spec = scenario.replica_spec("slow-clients", ReplicaRole::Whole, random)?;
    let turn = environment.take_turn();
    let replica = spec.run(environment)?;
    let honest = Honest { account: &account, address: spec.address, journal: Journal::default() };
    let base = honest.run_while(|| {
        pause(BASE);
        Ok(())
    })?;
    let mut rest = Duration::ZERO;
    let mut times = Vec::new();
    for round in 1..=rounds {
        scenario.report_progress(&format!("{} slow clients, round {round}", EACH * Slowness::ALL.len()));
        let measured = honest.run_while(|| {
            rest = rest.max(keep_slow_clients(spec.address)?);
            Ok(())
        })?;
        times.extend(measured);
    }
    drop(turn);
    scenario.last_kill = Instant::now();
    let mut result = scenario.finish(rounds)?;
    drop(replica);
    result.verdict.violations.extend(honest.journal.violation());
    if honest.journal.unavailable() > 0 {
        result.add_violation(format!("{} responses with status 503", honest.journal.unavailable()));
    }
    let (base, beside) = (p99(base), p99(times));
    if environment.long {
        check_bounds(&mut result, rest, base, beside);
    }
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    result.details = json!({
        "closed_after_seconds": rest.as_secs_f64(),
        "honest_p99_alone_ms": milliseconds(base),
        "honest_p99_ms": milliseconds(beside),
    });
    Ok(result)
}

/// The bounds of the long form. In the short form the machine is busy.
fn check_bounds(result: &mut ScenarioResult, rest: Duration, base: Duration, beside: Duration) {
    if rest > MOST_OPEN {
        result.add_violation(format!("a slow client's connection was closed after {rest:.0?}"));
    }
    if beside >= base * 2 {
        result.add_violation(format!("p99 of honest clients {beside:.1?}, alone {base:.1?}"));
    }
}

/// This process holds one end of each connection, and Usher takes over the limit.
fn raise_file_limit() -> Result<(), Failure> {
    let needed = u64::try_from(EACH * Slowness::ALL.len()).unwrap_or(u64::MAX) + SPARE_FILES;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    if limit.maximum.is_some_and(|maximum| maximum < needed) {
        return Err(
            format!("a process may open fewer than {needed} files: raise the limit (ulimit -Hn)").into()
        );
    }
    Ok(setrlimit(Resource::Nofile, Rlimit { current: Some(needed), maximum: limit.maximum })
        .map_err(std::io::Error::from)?)
}

/// Opens the connections of the slow clients and keeps them until the server has closed all. Returns how long the last one was
/// open.
fn keep_slow_clients(address: SocketAddr) -> Result<Duration, Failure> {
    let kinds = Slowness::ALL.into_iter().cycle().take(EACH * Slowness::ALL.len());
    let mut sockets = Vec::new();
    for slowness in kinds {
        sockets.push(SlowSocket::open(address, slowness)?);
    }
    let opened = Instant::now();
    while opened.elapsed() < TIMEOUT {
        sockets.iter_mut().for_each(SlowSocket::drip);
        sockets.retain_mut(SlowSocket::is_open);
        if sockets.is_empty() {
            return Ok(opened.elapsed());
        }
        pause(DRIP_INTERVAL);
    }
    Err(format!("{} connections of slow clients stay open", sockets.len()).into())
}

/// A client that sends one request after the other, each on its own connection.
struct Honest<'r> {
    account: &'r InvitingAccount,
    address: SocketAddr,
    journal: Journal,
}

impl Honest<'_> {
    /// The times of the requests while `work` runs.
    fn run_while(&self, work: impl FnOnce() -> Result<(), Failure>) -> Result<Vec<Duration>, Failure> {
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let client = scope.spawn(|| self.run(&is_over));
            let worked = work();
            is_over.store(true, Ordering::Relaxed);
            let times = client.join().map_err(|_| "the honest client panicked")?;
            worked.map(|()| times)
        })
    }

    fn run(&self, is_over: &AtomicBool) -> Vec<Duration> {
        let mut times = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            let sent = Instant::now();
            let response = self.account.list(self.address);
            times.push(sent.elapsed());
            self.journal.record(sent, &response);
            pause(HONEST_INTERVAL);
        }
        times
    }
}

/// The time that 99 of 100 requests do not exceed.
fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    let place = times.len().saturating_mul(99) / 100;
    times.get(place).or(times.last()).copied().unwrap_or_default()
}
