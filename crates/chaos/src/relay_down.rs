//! R4: the relay is down for a while, under a load of creations.
//!
//! Usher keeps acknowledging creations. No mail uses up an attempt, because the breaker stands before them. When the relay is back,
//! the worker catches up quickly, while creations continue.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use usher_tooling::Failure;

use crate::{
    creation_load::{self, Creation, CreationLoad},
    job::ScenarioJob,
    replica::{Replica, ReplicaRole},
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    session::DatabaseSession,
    wait,
};

/// Creations per second.
const INTAKE: f64 = 20.0;

/// How long the relay is down, in the long form and in the short form.
const DOWN: (Duration, Duration) = (Duration::from_mins(2), Duration::from_secs(8));

/// The least rate of deliveries when the relay is back, as a multiple of the intake. The long form checks it.
const LEAST_CATCH_UP: f64 = 10.0;

/// The most mails that the worker may try in vain: those that it was delivering at first, and one after each pause of the breaker.
const MOST_TRIED: u64 = 20;

/// The longest time until the worker has caught up. A lower rate than the bound is then reported as such.
const CATCH_UP_TIMEOUT: Duration = Duration::from_mins(2);

const MAILS_TRIED: &str = "SELECT count(*) || '' AS line FROM delivery WHERE last_error IS NOT NULL";
const ATTEMPTS: &str = "SELECT coalesce(sum(attempts), 0) || '' AS line FROM delivery";
const QUEUED: &str = "SELECT count(*) || '' AS line FROM delivery WHERE state = 'queued'";

/// What one outage showed.
struct Outage {
    creations: Vec<Creation>,
    mails_tried: u64,
    attempts: u64,
    /// The mails that were queued when the relay came back.
    backlog: u64,
    /// The time from the relay's return to the first mail.
    first_mail_after: Duration,
    /// Mails per second from the first mail until the backlog was gone.
    catch_up: f64,
}

/// Takes the relay down `rounds` times.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let (mut scenario, account) = job.begin()?;
    let ScenarioJob { environment, count: rounds, ref mut random, .. } = job;
    let spec = scenario.replica_spec("relay-down", ReplicaRole::Whole, random)?;
    // The short form has no figures that another load could spoil.
    let turn = environment.long.then(|| environment.take_turn());
    let down = if environment.long { DOWN.0 } else { DOWN.1 };
    scenario.report_progress(&format!("the relay is down for {} s", down.as_secs()));
    let mut replica = spec.run(environment)?;
    let mut outages = Vec::new();
    for round in 1..=rounds {
        let load = CreationLoad::new(&account, vec![spec.address]).paced(&format!("r{round}guest"), INTAKE);
        outages.push(run_outage(&mut scenario, load, down)?);
    }
    drop(turn);
    scenario.history.creations = creation_load::outcomes(outages.iter().flat_map(|outage| &outage.creations));
    let mut result = scenario.finish(rounds)?;
    for outage in &outages {
        check_outage(&mut result, outage, environment.long);
    }
    check_alive(&mut result, &mut replica)?;
    result.details = json!({
        "down_seconds": down.as_secs(),
        "intake_per_second": INTAKE,
        "outages": outages.iter().map(|outage| json!({
            "creations": outage.creations.len(),
            "mails_tried": outage.mails_tried,
            "backlog": outage.backlog,
            "first_mail_after_seconds": outage.first_mail_after.as_secs_f64(),
            "catch_up_per_second": outage.catch_up,
            "catch_up_over_intake": outage.catch_up / INTAKE,
        })).collect::<Vec<_>>(),
    });
    Ok(result)
}

/// Adds a violation if the process has ended by itself.
pub(crate) fn check_alive(result: &mut ScenarioResult, replica: &mut Replica<'_>) -> Result<(), Failure> {
    if !replica.is_running()? {
        result.add_violation("the process has ended");
    }
    Ok(())
}

fn run_outage(scenario: &mut ScenarioRun<'_>, load: CreationLoad, down: Duration) -> Result<Outage, Failure> {
    // No mail is under way: one whose connection breaks in the middle has reached the relay, and counts as an attempt.
    let relay = scenario.relay.clone();
    relay.go_down()?;
    let observed = thread::scope(|scope| {
        load.start(scope);
        wait::pause(down);
        let observed = observe_return(scenario, || relay.come_up());
        load.stop();
        observed
    });
    let outage = observed?;
    Ok(Outage { creations: load.into_creations(), ..outage })
}

/// Lets the relay come back, and waits until all mails that were queued at that time have arrived.
fn observe_return(
    scenario: &mut ScenarioRun<'_>,
    come_up: impl FnOnce() -> Result<(), Failure>,
) -> Result<Outage, Failure> {
    let relay = scenario.relay.clone();
    let session = &mut scenario.session;
    let (mails_tried, attempts) = (session.number(MAILS_TRIED)?, session.number(ATTEMPTS)?);
    let newest = session.number("SELECT coalesce(max(id), 0) || '' AS line FROM delivery")?;
    let backlog = session.number(QUEUED)?;
    let before = relay.arrivals().len();
    let up_at = Instant::now();
    come_up()?;
    wait::until("the first mail", CATCH_UP_TIMEOUT, || Ok((relay.arrivals().len() > before).then_some(())))?;
    let first = Instant::now();
    await_settled(session, newest)?;
    let mails = u32::try_from(relay.arrivals().len() - before).unwrap_or(u32::MAX);
    let catch_up = f64::from(mails) / first.elapsed().as_secs_f64();
    scenario.last_kill = up_at;
    let first_mail_after = first - up_at;
    Ok(Outage { creations: Vec::new(), mails_tried, attempts, backlog, first_mail_after, catch_up })
}

fn await_settled(session: &mut DatabaseSession, newest: u64) -> Result<(), Failure> {
    let old = format!("{QUEUED} AND id <= {newest}");
    let mut left = 0;
    let settled = wait::until("the backlog's mails", CATCH_UP_TIMEOUT, || {
        // Counting takes time from the worker.
        wait::pause(Duration::from_millis(100));
        left = session.number(&old)?;
        Ok((left == 0).then_some(()))
    });
    settled.map_err(|failure| failure.at(&format!("{left} mails left")))
}

fn check_outage(result: &mut ScenarioResult, outage: &Outage, long: bool) {
    let failed = outage.creations.iter().filter(|creation| !creation.is_acknowledged());
    for creation in failed.take(1) {
        result.add_violation(format!("a creation was not acknowledged: {:?}", creation.response));
    }
    if outage.attempts > 0 {
        result.add_violation(format!("{} attempts were used up while the relay was down", outage.attempts));
    }
    if outage.mails_tried == 0 || outage.backlog == 0 {
        result.add_violation("the relay was not missed");
    }
    if outage.mails_tried > MOST_TRIED {
        result.add_violation(format!("{} mails were tried while the relay was down", outage.mails_tried));
    }
    let multiple = outage.catch_up / INTAKE;
    if long && multiple < LEAST_CATCH_UP {
        result.add_violation(format!("caught up at {multiple:.1} times the intake"));
    }
}
