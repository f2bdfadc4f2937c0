//! R14: concurrent acceptances of one invitation, by two people over two replicas.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Barrier},
    thread,
};

use serde_json::json;
use usher_tooling::Failure;

use crate::{
    account::{self, InvitingAccount, OTHER_ACCOUNT},
    history::CreationOutcome,
    http::{self, HttpOutcome},
    job::ScenarioJob,
    relay::RelayedMail,
    replica::ReplicaRole,
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    seeded_random::SeededRandom,
    wait::{self, USUAL_TIMEOUT},
};

/// Acceptances in each round.
const PARALLEL: usize = 200;

/// Checks in each round that exactly one acceptance succeeds.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let (mut scenario, account) = job.begin()?;
    let mut result = job.result();
    let ScenarioJob { environment, count: rounds, ref mut random, .. } = job;
    InvitingAccount::create(environment, &scenario.database, OTHER_ACCOUNT)?;
    // Long enough that no request is rejected for lack of a connection: each one must be decided.
    let spec = |name: &str, random: &mut SeededRandom| {
        let spec = scenario.replica_spec(name, ReplicaRole::Whole, random);
        spec.map(|spec| spec.set("USHER__DATABASE__ACQUIRE_TIMEOUT", "30s"))
    };
    let specs = [spec("race-a", random)?, spec("race-b", random)?];
    let turn = environment.take_turn();
    scenario.report_progress(&format!("{rounds} × {PARALLEL} acceptances of one invitation"));
    let replicas = [specs[0].run(environment)?, specs[1].run(environment)?];
    let addresses = [specs[0].address, specs[1].address];
    let mut totals: BTreeMap<String, u64> = BTreeMap::new();
    for round in 1..=rounds {
        let statuses = run_round(&mut scenario, &account, addresses, round, &mut result)?;
        if round % 10 == 0 {
            scenario.report_progress(&format!("{round} rounds"));
        }
        for (status, count) in statuses {
            *totals.entry(status.to_string()).or_insert(0) += count;
        }
    }
    drop(turn);
    drop(replicas);
    result.details = json!({ "parallel": PARALLEL, "statuses": totals });
    Ok(result)
}

/// Creates an invitation and lets two people accept it; returns how often each status was returned.
fn run_round(
    scenario: &mut ScenarioRun<'_>,
    account: &InvitingAccount,
    addresses: [SocketAddr; 2],
    round: u32,
    result: &mut ScenarioResult,
) -> Result<BTreeMap<u16, u64>, Failure> {
    let mail = invite(scenario, account, addresses[0], &format!("guest{round}@example.com"))?;
    let people = [format!("first{round}@example.com"), format!("second{round}@example.com")];
    let token =
        |email: &str| account::add_member(scenario.environment, &scenario.database, OTHER_ACCOUNT, email);
    let tokens = [token(&people[0])?, token(&people[1])?];
    let statuses = accept_at_once(addresses, &tokens, &mail);
    let successes = statuses.get(&200).copied().unwrap_or_default();
    let members = scenario.session.number(&format!(
        "SELECT count(*) FROM membership m JOIN person p ON p.id = m.person_id JOIN account a ON a.id = m.account_id
         WHERE a.name = '{}' AND p.email IN ('{}', '{}')",
        account.name, people[0], people[1]
    ))?;
    if (successes, members) != (1, 1) || statuses.keys().any(|status| !matches!(status, 200 | 400..500)) {
        result.add_violation(format!(
            "round {round}: statuses {statuses:?} (0: no response) and {members} new members"
        ));
    }
    result.verdict.acknowledged += successes;
    Ok(statuses)
}

/// Creates an invitation and returns its mail.
fn invite(
    scenario: &ScenarioRun<'_>,
    account: &InvitingAccount,
    address: SocketAddr,
    email: &str,
) -> Result<RelayedMail, Failure> {
    let response = account.invite(address, email);
    let Some(CreationOutcome::Acknowledged(_)) = account::creation_outcome(&response) else {
        return Err(format!("creation not acknowledged: {response:?}").into());
    };
    wait::until("the invitation's mail", USUAL_TIMEOUT, || {
        Ok(scenario.relay.mails().get(email).and_then(|copies| copies.first().cloned()))
    })
}

/// Sends all acceptances at the same moment; returns how often each status was returned, with 0 for no response.
fn accept_at_once(
    addresses: [SocketAddr; 2],
    tokens: &[String; 2],
    mail: &RelayedMail,
) -> BTreeMap<u16, u64> {
    let ready = Arc::new(Barrier::new(PARALLEL));
    let mut statuses = BTreeMap::new();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..PARALLEL)
            .map(|number| {
                let ready = Arc::clone(&ready);
                // Both people use both replicas.
                let (address, token) = (addresses[number % 2], &tokens[number / 2 % 2]);
                scope.spawn(move || {
                    let connection = http::connect(address);
                    ready.wait();
                    connection.map_or(HttpOutcome::NotSent, |stream| account::accept(stream, token, mail))
                })
            })
            .collect();
        for client in clients {
            let status = match client.join() {
                Ok(HttpOutcome::Response { status, .. }) => status,
                _ => 0,
            };
            *statuses.entry(status).or_insert(0) += 1;
        }
    });
    statuses
}
