//! R1: SIGKILL at random moments, under load.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    account::Account,
    arguments::{Kind, Scenario},
    load::Load,
    outcome::Finding,
    random::Random,
    replica::{Recipe, Replica, Role},
    scene::Scene,
    site::Site,
    wait::pause,
};
use crate::shell::Failure;

/// Between creations being accepted and the next kill.
const LEAST: Duration = Duration::from_millis(150);
const MOST: Duration = Duration::from_millis(1_200);

/// Creations that are accepted after a kill before the next one.
const BETWEEN: u64 = 20;

/// Acknowledged creations in a second that make it a load.
const LOAD: f64 = 100.0;

/// The default of `worker.concurrency`.
const CONCURRENCY: u64 = 4;

/// PostgreSQL serves two whole replicas. SQLite is for one server; its documented split is one process that answers and one that
/// delivers, so those two share the file.
fn roles(kind: Kind) -> [(&'static str, Role); 2] {
    match kind {
        Kind::Postgres => [("crash-a", Role::Whole), ("crash-b", Role::Whole)],
        Kind::Sqlite => [("crash-api", Role::Api), ("crash-worker", Role::Worker)],
    }
}

/// Kills one of two processes, starts it again, and goes on.
pub(super) fn run(site: &Site, kind: Kind, kills: u32, random: &mut Random) -> Result<Finding, Failure> {
    let mut scene = Scene::new(site, kind, Scenario::Random)?;
    let account = Account::create(site, &scene.store, "onward")?;
    let mut recipes = Vec::new();
    for (name, role) in roles(kind) {
        recipes.push(scene.recipe(name, role, random)?);
    }
    let turn = site.turn();
    scene.say(&format!("{kills} kills under load"));
    let mut replicas = recipes.iter().map(|recipe| recipe.run(site)).collect::<Result<Vec<_>, _>>()?;
    let answering = recipes.iter().filter(|recipe| recipe.role != Role::Worker);
    let load = Load::new(&account, answering.map(|recipe| recipe.address).collect());
    let killed = thread::scope(|scope| {
        load.start(scope);
        let killed = (1..=kills).try_for_each(|kill| {
            load.await_more(BETWEEN)?;
            pause(random.time(LEAST, MOST));
            strike(&mut scene, &recipes, &mut replicas, random)?;
            if kill % 10 == 0 {
                scene.say(&format!("{kill} kills, {:.0} creations/s", load.rate()));
            }
            Ok::<_, Failure>(())
        });
        load.stop();
        killed
    });
    let rate = load.rate();
    killed?;
    drop(turn);
    scene.ledger.answers = load.into_answers();
    let mut finding = scene.rest(kills)?;
    drop(replicas);
    finding.more = json!({ "creations_per_second": rate, "lease_seconds": site.lease().as_secs() });
    let bound = most_duplicates(kills, site.long);
    if finding.verdict.duplicates > bound {
        finding.fault(format!("{} duplicates, more than {bound}", finding.verdict.duplicates));
    }
    if site.long && rate < LOAD {
        finding.fault(format!("only {rate:.0} creations/s were accepted, which is no load"));
    }
    Ok(finding)
}

/// Kills either process, and starts it again.
fn strike<'s>(
    scene: &mut Scene<'s>,
    recipes: &[Recipe],
    replicas: &mut Vec<Replica<'s>>,
    random: &mut Random,
) -> Result<(), Failure> {
    let victim = usize::try_from(random.below(2)).unwrap_or_default().min(replicas.len().saturating_sub(1));
    let replica = replicas.remove(victim);
    scene.last_kill = Instant::now();
    replica.kill()?;
    let recipe = recipes.get(victim).ok_or_else(|| "nobody to kill".to_owned())?;
    scene.note_kill(recipe)?;
    replicas.insert(victim, recipe.run(scene.site)?);
    Ok(())
}

/// Half a duplicate for each kill, where there are enough of them to speak of an average, on the release build. Otherwise what a
/// killed worker can leave behind at most: as many mails as it sends at the same time.
fn most_duplicates(kills: u32, long: bool) -> u64 {
    if long { u64::from(kills) / 2 } else { u64::from(kills) * CONCURRENCY }
}

#[cfg(test)]
mod tests {
    use super::most_duplicates;

    #[test]
    fn only_the_long_form_is_held_to_the_average() {
        assert_eq!((most_duplicates(100, true), most_duplicates(6, false)), (50, 24));
    }
}
