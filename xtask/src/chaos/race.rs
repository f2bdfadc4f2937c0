//! R14: many acceptances of one invitation at once, by two people, over two replicas.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Barrier},
    thread,
};

use serde_json::json;

use super::{
    account::{self, Account},
    arguments::{Kind, Scenario},
    http::{self, Answer},
    ledger::Outcome,
    outcome::Finding,
    random::Random,
    replica::Role,
    scene::Scene,
    site::Site,
    wait,
};
use crate::shell::Failure;

/// Acceptances at once.
const PARALLEL: usize = 200;

/// Exactly one acceptance succeeds, each time.
pub(super) fn run(site: &Site, kind: Kind, rounds: u32, random: &mut Random) -> Result<Finding, Failure> {
    let mut scene = Scene::new(site, kind, Scenario::Race)?;
    let account = Account::create(site, &scene.store, "onward")?;
    Account::create(site, &scene.store, "elsewhere")?;
    // Whoever comes has to be judged, not sent away because the house is full.
    let recipe = |name: &str, random: &mut Random| {
        let recipe = scene.recipe(name, Role::Whole, random);
        recipe.map(|recipe| recipe.set("USHER__DATABASE__ACQUIRE_TIMEOUT", "30s"))
    };
    let recipes = [recipe("race-a", random)?, recipe("race-b", random)?];
    let turn = site.turn();
    scene.say(&format!("{rounds} × {PARALLEL} acceptances of one invitation"));
    let replicas = [recipes[0].run(site)?, recipes[1].run(site)?];
    let addresses = [recipes[0].address, recipes[1].address];
    let mut finding = Finding::new(Scenario::Race, kind, rounds);
    let mut refusals = BTreeMap::new();
    for round in 1..=rounds {
        let email = format!("guest{round}@example.com");
        let answer = account.invite(addresses[0], &email);
        let Some(Outcome::Acknowledged(_)) = account::outcome(&answer) else {
            return Err(format!("not accepted: {answer:?}").into());
        };
        let relay = scene.relay.clone();
        let mail = wait::until("the invitation's mail", wait::USUAL, || {
            Ok(relay.mails().get(&email).and_then(|copies| copies.first().cloned()))
        })?;
        let people = [format!("first{round}@example.com"), format!("second{round}@example.com")];
        let first = account::member(site, &scene.store, "elsewhere", &people[0])?;
        let second = account::member(site, &scene.store, "elsewhere", &people[1])?;
        let body = json!({ "invitation_id": mail.secure_id(), "key": mail.key() }).to_string();
        let statuses = rush(addresses, &[first, second], &body);
        let successes = statuses.get(&200).copied().unwrap_or_default();
        let sql = format!(
            "SELECT count(*) FROM membership m JOIN person p ON p.id = m.person_id JOIN account a ON a.id = m.account_id
             WHERE a.name = '{}' AND p.email IN ('{}', '{}')",
            account.name, people[0], people[1]
        );
        let members = scene.session.number(&sql)?;
        if (successes, members) != (1, 1) || statuses.keys().any(|status| !matches!(status, 200 | 400..500)) {
            finding.fault(format!("round {round}: {statuses:?} (0: no answer) and {members} new members"));
        }
        finding.verdict.acknowledged += successes;
        if round % 10 == 0 {
            scene.say(&format!("{round} rounds"));
        }
        for (status, count) in statuses {
            *refusals.entry(status.to_string()).or_insert(0) += count;
        }
    }
    drop(turn);
    drop(replicas);
    finding.more = json!({ "parallel": PARALLEL, "answers": refusals });
    Ok(finding)
}

/// Sends all acceptances at the same moment; how often each status was answered, 0 standing for no answer.
fn rush(addresses: [SocketAddr; 2], tokens: &[String; 2], body: &str) -> BTreeMap<u16, u64> {
    let ready = Arc::new(Barrier::new(PARALLEL));
    let mut statuses = BTreeMap::new();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..PARALLEL)
            .map(|number| {
                let ready = Arc::clone(&ready);
                // Both people at both replicas.
                let (address, token) = (addresses[number % 2], &tokens[number / 2 % 2]);
                scope.spawn(move || {
                    let connection = http::connect(address);
                    ready.wait();
                    let authorization = format!("Bearer {token}");
                    let headers = [("authorization", authorization.as_str())];
                    connection.map_or(Answer::Unsent, |stream| {
                        http::send(stream, "POST", "/api/v2/accept-invitation", &headers, body).answer()
                    })
                })
            })
            .collect();
        for client in clients {
            let status = match client.join() {
                Ok(Answer::Whole { status, .. }) => status,
                _ => 0,
            };
            *statuses.entry(status).or_insert(0) += 1;
        }
    });
    statuses
}
