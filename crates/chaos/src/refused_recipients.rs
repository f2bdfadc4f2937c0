//! R5: bad addresses among good ones, and a relay that refuses every recipient for a while.
//!
//! The relay answers `550 5.1.1` in both cases. Bad addresses are given up after one attempt and do not delay good mails, even when
//! there are more of them in a row than the worker delivers at a time. A relay that refuses everybody ends no mail.

use std::{collections::BTreeMap, time::Duration, time::Instant};

use serde_json::json;
use usher_tooling::Failure;

use crate::{
    account::InvitingAccount,
    creation_load::{self, Creation, CreationLoad},
    job::ScenarioJob,
    relay::BAD,
    relay_down::check_alive,
    replica::{ReplicaRole, ReplicaSpec},
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    wait,
};

/// Creations per second.
const INTAKE: f64 = 30.0;

/// The share of bad addresses, besides those in a row.
const ONE_BAD_IN: u64 = 10;

/// Bad addresses in a row: several times the default of `worker.concurrency`.
const BAD_IN_A_ROW: u32 = 12;

/// The most that bad addresses may delay good mails, at the 99th percentile. The long form checks it.
const MOST_DELAY: Duration = Duration::from_secs(1);

/// The longest time until all mails of a phase are settled. A mail that was refused once is tried again within ten seconds, one that was
/// refused twice within twenty more.
const TIMEOUT: Duration = Duration::from_mins(2);

/// The lengths of the phases.
struct Lengths {
    good: Duration,
    mixed: Duration,
    refusing: Duration,
}

const SHORT: Lengths =
    Lengths { good: Duration::from_secs(2), mixed: Duration::from_secs(3), refusing: Duration::from_secs(3) };
const LONG: Lengths = Lengths {
    good: Duration::from_secs(20),
    mixed: Duration::from_secs(30),
    refusing: Duration::from_secs(20),
};

/// The creations of a round.
struct Round {
    good: Vec<Creation>,
    mixed: Vec<Creation>,
    refusing: Vec<Creation>,
}

/// Runs all phases `rounds` times.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let (mut scenario, account) = job.begin()?;
    let ScenarioJob { environment, count: rounds, ref mut random, .. } = job;
    let spec = scenario.replica_spec("refused", ReplicaRole::Whole, random)?;
    let lengths = if environment.long { LONG } else { SHORT };
    let turn = environment.long.then(|| environment.take_turn());
    scenario.report_progress("bad addresses, and a relay that refuses everybody");
    let mut replica = spec.run(environment)?;
    let mut all = Vec::new();
    for round in 1..=rounds {
        all.push(run_round(&mut scenario, &account, &spec, round, &lengths)?);
    }
    drop(turn);
    let creations = || all.iter().flat_map(|round| [&round.good, &round.mixed, &round.refusing]).flatten();
    let good = creations().filter(|creation| !creation.is_bad());
    scenario.history.creations = creation_load::outcomes(good);
    let attempts = attempts_at_bad(&mut scenario)?;
    // The checks are about good mails.
    for (table, column) in [("delivery", "invitation_id"), ("invitation", "id")] {
        let bad = "SELECT id FROM invitation WHERE email LIKE 'bad%'";
        scenario.session.run(&format!("DELETE FROM {table} WHERE {column} IN ({bad})"))?;
    }
    let mut result = scenario.finish(rounds)?;
    let bad = creations().filter(|creation| creation.is_bad()).count();
    check_bad(&mut result, bad, &attempts, environment.long);
    let arrivals = scenario.relay.arrivals();
    let [alone, mixed] = [delays(all.iter().flat_map(|round| &round.good), &arrivals), {
        delays(all.iter().flat_map(|round| &round.mixed), &arrivals)
    }];
    let further = percentile(&mixed, 99).saturating_sub(percentile(&alone, 99));
    if environment.long && further > MOST_DELAY {
        result.add_violation(format!("bad addresses delayed good mails by {further:?}"));
    }
    check_alive(&mut result, &mut replica)?;
    let milliseconds = |delays: &[Duration], percent| percentile(delays, percent).as_millis();
    result.details = json!({
        "bad_addresses": bad,
        "dead_after_one_attempt": attempts.iter().filter(|row| *row == "dead|1").count(),
        "refused_while_everybody_was": scenario.relay.refusals().len() - bad,
        "delay_ms_alone": { "p50": milliseconds(&alone, 50), "p99": milliseconds(&alone, 99) },
        "delay_ms_with_bad": { "p50": milliseconds(&mixed, 50), "p99": milliseconds(&mixed, 99) },
    });
    Ok(result)
}

fn run_round(
    scenario: &mut ScenarioRun<'_>,
    account: &InvitingAccount,
    spec: &ReplicaSpec,
    round: u32,
    lengths: &Lengths,
) -> Result<Round, Failure> {
    let load = |phase: &str| {
        CreationLoad::new(account, vec![spec.address]).paced(&format!("r{round}{phase}"), INTAKE)
    };
    let good = load("good").run_for(lengths.good);
    let mixed = load("mixed").with_one_bad_in(ONE_BAD_IN);
    let mut mixed = mixed.run_for(lengths.mixed / 2);
    let bad_in_a_row = (0..BAD_IN_A_ROW).map(|number| format!("{BAD}r{round}row{number}@example.com"));
    mixed.extend(bad_in_a_row.map(|email| Creation::send(account, spec.address, email)));
    mixed.extend(load("more").with_one_bad_in(ONE_BAD_IN).run_for(lengths.mixed / 2));
    // The last bad addresses need a good one after them.
    let tail = load("tail").run_for(Duration::from_millis(500));
    await_settled(scenario, round)?;
    scenario.relay.refuse_everybody(true);
    let mut refusing = load("refusing").run_for(lengths.refusing);
    scenario.relay.refuse_everybody(false);
    refusing.extend(load("after").run_for(Duration::from_millis(500)));
    scenario.last_kill = Instant::now();
    await_settled(scenario, round)?;
    refusing.extend(tail);
    Ok(Round { good, mixed, refusing })
}

/// Waits until no mail of the round to a good address is queued.
fn await_settled(scenario: &mut ScenarioRun<'_>, round: u32) -> Result<(), Failure> {
    let sql = format!(
        "SELECT count(*) || '' AS line FROM delivery m JOIN invitation i ON i.id = m.invitation_id
         WHERE m.state = 'queued' AND i.email LIKE 'r{round}%'"
    );
    let session = &mut scenario.session;
    wait::until("the end of the queue", TIMEOUT, || {
        wait::pause(Duration::from_millis(50));
        Ok((session.number(&sql)? == 0).then_some(()))
    })
}

/// The state and the attempts of each mail to a bad address.
fn attempts_at_bad(scenario: &mut ScenarioRun<'_>) -> Result<Vec<String>, Failure> {
    scenario.session.rows(
        "SELECT m.state || '|' || m.attempts AS line FROM delivery m JOIN invitation i ON i.id = m.invitation_id
         WHERE i.email LIKE 'bad%'",
    )
}

/// The short form runs beside other scenarios, which can take the worker's time for longer than a witness may take. So it allows some
/// further attempts.
fn check_bad(result: &mut ScenarioResult, bad: usize, attempts: &[String], long: bool) {
    let at_once = attempts.iter().filter(|row| *row == "dead|1").count();
    let least = if long { bad } else { bad * 3 / 4 };
    if at_once < least || attempts.len() != bad {
        result
            .add_violation(format!("only {at_once} of {bad} bad addresses were given up after one attempt"));
    }
}

/// How long the mails to good addresses took after the response, the shortest first.
fn delays<'c>(
    creations: impl Iterator<Item = &'c Creation>,
    arrivals: &BTreeMap<String, Instant>,
) -> Vec<Duration> {
    let delay =
        |creation: &Creation| Some(arrivals.get(&creation.email)?.saturating_duration_since(creation.at));
    let mut delays: Vec<Duration> = creations.filter_map(delay).collect();
    delays.sort();
    delays
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted.get(last * percent / 100).copied().unwrap_or_default()
}
