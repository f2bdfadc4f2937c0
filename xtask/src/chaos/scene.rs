use std::time::{Duration, Instant};

use super::{
    arguments::{Kind, Scenario},
    ledger::{Ledger, judge, stored},
    outcome::Finding,
    random::Random,
    relay::Relay,
    replica::{Recipe, Role},
    session::Session,
    site::Site,
    store::Store,
    wait::pause,
};
use crate::shell::{Failure, say};

/// Between two looks at how many mails are left; the time until none is, is told as exactly.
const PAUSE: Duration = Duration::from_millis(100);

/// A database, a relay, and what was noted about them: where a scenario with kills happens.
pub(super) struct Scene<'s> {
    pub(super) site: &'s Site,
    pub(super) store: Store,
    pub(super) session: Session,
    pub(super) relay: Relay,
    pub(super) ledger: Ledger,
    pub(super) last_kill: Instant,
    kind: Kind,
    scenario: Scenario,
}

impl<'s> Scene<'s> {
    pub(super) fn new(site: &'s Site, kind: Kind, scenario: Scenario) -> Result<Self, Failure> {
        let store = Store::create(site, kind, scenario.name())?;
        let session = store.session()?;
        let relay = Relay::start()?;
        let (ledger, last_kill) = (Ledger::default(), Instant::now());
        Ok(Self { site, store, session, relay, ledger, last_kill, kind, scenario })
    }

    /// How to start a process here.
    pub(super) fn recipe(&self, name: &str, role: Role, random: &mut Random) -> Result<Recipe, Failure> {
        Recipe::new(self.site, &self.store, name, role, self.relay.port(), random)
    }

    /// Tells how it gets on.
    pub(super) fn say(&self, text: &str) {
        say(&format!("{} on {}: {text}", self.scenario.name(), self.kind));
    }

    /// A process was killed: waits until all that it had begun has ended, and notes which mails it left between the relay's
    /// acceptance and the commit.
    pub(super) fn note_kill(&mut self, recipe: &Recipe) -> Result<(), Failure> {
        self.store.await_gone(&mut self.session, &recipe.name)?;
        self.ledger.note_windows(&mut self.session, &self.relay)
    }

    /// Waits until no mail is queued, or the time is up: then the judgement tells what is missing.
    pub(super) fn rest(&mut self, kills: u32) -> Result<Finding, Failure> {
        self.say("waiting for the leases of the killed to end");
        let bound = self.site.drained_within();
        let mut finding = Finding::new(self.scenario, self.kind, kills);
        let left = loop {
            let queued = "SELECT count(*) || '' AS line FROM mail WHERE state = 'queued'";
            let left = self.session.number(queued)?;
            let elapsed = self.last_kill.elapsed();
            finding.drained = Some(elapsed);
            if left == 0 || elapsed > bound {
                break left;
            }
            pause(PAUSE);
        };
        finding.verdict = judge(&self.ledger, &stored(&mut self.session)?, &self.relay.mails());
        if left > 0 {
            finding.fault(format!("{left} mails still queued {} s after the last kill", bound.as_secs()));
        }
        Ok(finding)
    }
}
