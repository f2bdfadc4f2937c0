//! R15: several processes start at once on an empty database.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{
    account::Account,
    arguments::{Kind, Scenario},
    outcome::Finding,
    random::Random,
    relay::Relay,
    replica::{Recipe, Role},
    site::Site,
    store::Store,
};
use crate::shell::Failure;

/// Four replicas on PostgreSQL; on SQLite, which is for one server, the two processes that it can be split into.
fn roles(kind: Kind) -> &'static [Role] {
    match kind {
        Kind::Postgres => &[Role::Whole; 4],
        Kind::Sqlite => &[Role::Api, Role::Worker],
    }
}

/// All of them work, each time, and so does what they made.
pub(super) fn run(site: &Site, kind: Kind, rounds: u32, random: &mut Random) -> Result<Finding, Failure> {
    let relay = Relay::start()?;
    let mut finding = Finding::new(Scenario::Cold, kind, rounds);
    let mut slowest = Duration::ZERO;
    let _turn = site.turn();
    crate::shell::say(&format!(
        "R15 on {kind}: {rounds} × {} processes on an empty database",
        roles(kind).len()
    ));
    for round in 1..=rounds {
        let store = Store::create(site, kind, &format!("cold{round}"))?;
        let recipe = |(number, role): (usize, &Role)| {
            Recipe::new(site, &store, &format!("cold-{number}"), *role, relay.port(), random)
        };
        let recipes = roles(kind).iter().enumerate().map(recipe).collect::<Result<Vec<_>, _>>()?;
        let begun = Instant::now();
        let started: Vec<_> = recipes.iter().map(|recipe| recipe.start(site)).collect::<Result<_, _>>()?;
        for mut replica in started {
            if let Err(failure) = replica.await_ready() {
                finding.fault(format!("round {round}: {}", failure.at("a cold start").reason()));
            }
        }
        slowest = slowest.max(begun.elapsed());
        Account::create(site, &store, "onward")?;
        finding.verdict.acknowledged += 1;
    }
    finding.more = json!({ "processes": roles(kind).len(), "slowest_seconds": slowest.as_secs_f64() });
    Ok(finding)
}
