//! A server that keeps running under a load of creations while its database fails for a while.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use usher_tooling::Failure;

use crate::{
    account::InvitingAccount,
    creation_load::CreationLoad,
    environment::ChaosEnvironment,
    http::{self, HttpOutcome},
    replica::{Replica, ReplicaRole, ReplicaSpec},
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    seeded_random::SeededRandom,
    wait::{self, USUAL_TIMEOUT, pause},
};

/// Acknowledged creations before the failure of the database, and after it.
const CREATIONS: u64 = 40;

/// How long failures are looked for, once creations are acknowledged again.
const OBSERVATION: Duration = Duration::from_secs(1);

/// The pause between two checks of readiness while the database is away.
const READINESS_INTERVAL: Duration = Duration::from_millis(50);

/// The longest times that the long form permits. The short form runs a debug build beside other work, so it only finds out
/// whether Usher notices and recovers at all.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    /// Until `/health/ready` stops returning 200, counted from the failure of the database.
    pub(crate) detection: Duration,
    /// Until no creation fails any more, counted from the moment when the database works again.
    pub(crate) recovery: Duration,
}

/// Waits until Usher has noticed the failure, and for the given time from then on.
pub(crate) type WhileAway<'a> = &'a mut dyn FnMut(Duration) -> Result<(), Failure>;

/// A server with its worker, its relay and its load.
pub(crate) struct Interruption<'e> {
    pub(crate) scenario: ScenarioRun<'e>,
    account: InvitingAccount,
    spec: ReplicaSpec,
    replica: Replica<'e>,
    unready_after: Duration,
    violations: Vec<String>,
}

impl<'e> Interruption<'e> {
    /// Creates the account and starts the server. `settings` are added to those of all scenarios.
    pub(crate) fn prepare(
        environment: &'e ChaosEnvironment,
        scenario: ScenarioRun<'e>,
        name: &str,
        settings: &[(&'static str, String)],
        random: &mut SeededRandom,
    ) -> Result<Self, Failure> {
        let account = InvitingAccount::create(environment, &scenario.database, "onward")?;
        let spec = scenario.replica_spec(name, ReplicaRole::Whole, random)?;
        let mut spec = settings.iter().fold(spec, |spec, (name, value)| spec.set(name, value));
        if !environment.long {
            // Mails that were being settled wait for the end of their leases.
            spec = spec.set("USHER__MAIL__DEADLINE", "2s");
        }
        let replica = spec.run(environment)?;
        let (unready_after, violations) = (Duration::ZERO, Vec::new());
        Ok(Self { scenario, account, spec, replica, unready_after, violations })
    }

    /// Lets the database fail under load and checks all responses. `fail` makes the database fail, calls its argument with
    /// the time that the database stays away, and returns when it worked again. Returns the figures.
    pub(crate) fn execute(
        &mut self,
        environment: &ChaosEnvironment,
        bounds: Bounds,
        fail: impl FnOnce(WhileAway<'_>) -> Result<Instant, Failure>,
    ) -> Result<Value, Failure> {
        let load = CreationLoad::new(&self.account, vec![self.spec.address]);
        let back = thread::scope(|scope| {
            load.start(scope);
            let back = self.fail_under_load(&load, fail);
            load.stop();
            back
        });
        // First, because these explain why the load did not recover.
        self.violations.extend(load.journal().violation());
        let back = back.map_err(|failure| match self.violations.first() {
            Some(violation) => failure.at(violation),
            None => failure,
        })?;
        self.scenario.last_kill = Instant::now();
        let unavailable = load.journal().unavailable_after(back);
        let permitted = if environment.long { bounds } else { Bounds::SHORT };
        self.check("creations failed after the database was back", unavailable, permitted.recovery);
        self.check("ready without accepting writes", self.unready_after, permitted.detection);
        if load.journal().unavailable() == 0 {
            self.violations.push("no creation failed, so the database did not fail".to_owned());
        }
        let figures = json!({
            "unavailable_seconds": unavailable.as_secs_f64(),
            "responses_503": load.journal().unavailable(),
            "longest_wait_seconds": load.journal().longest_wait().as_secs_f64(),
            "not_ready_after_seconds": self.unready_after.as_secs_f64(),
        });
        self.scenario.history.creations = load.into_outcomes();
        Ok(figures)
    }

    fn fail_under_load(
        &mut self,
        load: &CreationLoad,
        fail: impl FnOnce(WhileAway<'_>) -> Result<Instant, Failure>,
    ) -> Result<Instant, Failure> {
        load.await_more(CREATIONS)?;
        let back = fail(&mut |absence| self.stay_away(absence))?;
        load.await_more(CREATIONS)?;
        self.replica.await_ready()?;
        pause(OBSERVATION);
        Ok(back)
    }

    fn stay_away(&mut self, absence: Duration) -> Result<(), Failure> {
        let away = Instant::now();
        wait::until("a response of /health/ready other than 200", USUAL_TIMEOUT, || {
            Ok((!self.is_ready()).then_some(()))
        })?;
        let noticed = Instant::now();
        self.unready_after = noticed - away;
        let mut ready = 0;
        while noticed.elapsed() < absence {
            ready += u32::from(self.is_ready());
            pause(READINESS_INTERVAL);
        }
        if ready > 0 {
            self.violations.push(format!("ready {ready} times while the database was away"));
        }
        Ok(())
    }

    fn is_ready(&self) -> bool {
        let response = http::get(self.spec.address, "/health/ready");
        matches!(response, HttpOutcome::Response { status: 200, .. })
    }

    fn check(&mut self, what: &str, took: Duration, bound: Duration) {
        if took > bound {
            let (took, bound) = (took.as_secs_f64(), bound.as_secs());
            self.violations.push(format!("{what} for {took:.1} s, more than {bound} s"));
        }
    }

    /// Opens a new session on the database, and records which mails are not settled.
    pub(crate) fn reconnect(&mut self) -> Result<(), Failure> {
        self.scenario.session = self.scenario.database.session()?;
        self.scenario.history.record_unsettled_copies(&mut self.scenario.session, &self.scenario.relay)
    }

    /// Waits until all mails are relayed, and checks all guarantees.
    pub(crate) fn finish(mut self) -> Result<ScenarioResult, Failure> {
        let mut part = self.scenario.finish(1)?;
        part.verdict.violations.extend(self.violations);
        Ok(part)
    }
}

impl Bounds {
    const SHORT: Self = Self { detection: USUAL_TIMEOUT, recovery: USUAL_TIMEOUT };
}
