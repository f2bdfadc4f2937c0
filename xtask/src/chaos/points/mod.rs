//! R2: SIGKILL at named points of the life of a creation and its mail.
//!
//! Nothing in Usher helps: the relay stands still where it is told to, and locks are held from outside, so that Usher waits
//! where it is to be killed.

mod inside;
mod trial;

use self::trial::Trial;
use super::{
    account::Account,
    arguments::{Kind, Scenario},
    outcome::Finding,
    random::Random,
    replica::Role,
    scene::Scene,
    site::Site,
};
use crate::shell::Failure;

/// Where a process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    /// The claim is committed, and the relay has not greeted: the process is anywhere between. Connecting cannot be kept
    /// from happening from outside, so this and the next differ in what is waited for.
    Claimed,
    /// The relay has accepted the connection, and has not greeted.
    Connected,
    /// The relay has DATA, and has not answered.
    Data,
    /// The relay has the mail, and has not answered.
    Dot,
    /// The relay's 250 has left; settling cannot happen, because a lock is held, and may be waiting already.
    Taken,
    /// Settling waits for the lock. On SQLite nothing shows who waits for the file's lock, so there it is the same as
    /// [`Point::Taken`].
    Settling,
    /// The row says that the mail was relayed.
    Settled,
    /// Inside the transaction of a creation; see [`inside`].
    Inside,
}

impl Point {
    const ALL: [Self; 8] = [
        Self::Claimed,
        Self::Connected,
        Self::Data,
        Self::Dot,
        Self::Taken,
        Self::Settling,
        Self::Settled,
        Self::Inside,
    ];

    fn exists_on(self, kind: Kind) -> bool {
        self != Self::Settling || kind == Kind::Postgres
    }
}

/// Kills a process so many times at each point.
pub(super) fn run(site: &Site, kind: Kind, rounds: u32, random: &mut Random) -> Result<Finding, Failure> {
    let mut scene = Scene::new(site, kind, Scenario::Points)?;
    let account = Account::create(site, &scene.store, "onward")?;
    let lock = scene.store.session()?;
    // Mails of earlier kills come back when their leases end, and must not take the places of those that are waited for.
    let whole = scene.recipe("points", Role::Whole, random)?.set("USHER__WORKER__CONCURRENCY", "64");
    let api = scene.recipe("points-api", Role::Api, random)?;
    let mut trial = Trial { scene: &mut scene, kind, account, lock, whole: whole.clone(), api };
    let turn = site.turn();
    trial.scene.say(&format!("{rounds} kills at each point"));
    let mut kills = 0;
    let struck = trial.rounds(rounds, &mut kills);
    drop(turn);
    // Whatever went wrong, no lock and nobody is held any more.
    drop(trial);
    scene.relay.release();
    let replica = whole.run(site)?;
    let mut finding = scene.rest(kills)?;
    drop(replica);
    if let Err(failure) = struck {
        finding.fault(failure.reason());
    }
    Ok(finding)
}
