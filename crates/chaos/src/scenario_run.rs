use std::time::{Duration, Instant};

use usher_tooling::{Failure, report_progress};

use crate::{
    arguments::{DatabaseKind, Scenario},
    checker::{check, stored_invitations},
    database::TestDatabase,
    environment::ChaosEnvironment,
    history::History,
    relay::SmtpRelay,
    replica::{ReplicaRole, ReplicaSpec},
    result::ScenarioResult,
    seeded_random::SeededRandom,
    session::DatabaseSession,
    wait::pause,
};

/// The pause between two counts of queued mails. It is also the precision of `drained_in`.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// One run of a scenario with mails: its database, its relay and its history.
pub(crate) struct ScenarioRun<'e> {
    pub(crate) environment: &'e ChaosEnvironment,
    pub(crate) database: TestDatabase,
    pub(crate) session: DatabaseSession,
    pub(crate) relay: SmtpRelay,
    pub(crate) history: History,
    pub(crate) last_kill: Instant,
    kind: DatabaseKind,
    scenario: Scenario,
}

impl<'e> ScenarioRun<'e> {
    pub(crate) fn new(
        environment: &'e ChaosEnvironment,
        kind: DatabaseKind,
        scenario: Scenario,
    ) -> Result<Self, Failure> {
        let database = TestDatabase::create(environment, kind, scenario.name())?;
        Self::on(environment, database, kind, scenario)
    }

    /// A run on a database of its own.
    pub(crate) fn on(
        environment: &'e ChaosEnvironment,
        database: TestDatabase,
        kind: DatabaseKind,
        scenario: Scenario,
    ) -> Result<Self, Failure> {
        let session = database.session()?;
        let relay = SmtpRelay::start()?;
        let (history, last_kill) = (History::default(), Instant::now());
        Ok(Self { environment, database, session, relay, history, last_kill, kind, scenario })
    }

    /// How to start a process on this run's database and relay.
    pub(crate) fn replica_spec(
        &self,
        name: &str,
        role: ReplicaRole,
        random: &mut SeededRandom,
    ) -> Result<ReplicaSpec, Failure> {
        ReplicaSpec::new(self.environment, &self.database, name, role, self.relay.port(), random)
    }

    pub(crate) fn kind(&self) -> DatabaseKind {
        self.kind
    }

    pub(crate) fn report_progress(&self, text: &str) {
        report_progress(&format!("{} on {}: {text}", self.scenario.name(), self.kind));
    }

    /// Waits until the database has ended the process's transactions, and records which mails the process left
    /// unsettled. Call this after each kill.
    pub(crate) fn record_kill(&mut self, spec: &ReplicaSpec) -> Result<(), Failure> {
        self.database.await_disconnected(&mut self.session, &spec.name)?;
        self.history.record_unsettled_copies(&mut self.session, &self.relay)
    }

    /// Waits until no mail is queued or the time is up, then checks all guarantees.
    pub(crate) fn finish(&mut self, kills: u32) -> Result<ScenarioResult, Failure> {
        self.report_progress("waiting for the leases of killed workers to end");
        let timeout = self.environment.drain_timeout();
        let mut result = ScenarioResult::new(self.scenario, self.kind, kills);
        let left = loop {
            let queued = "SELECT count(*) || '' AS line FROM delivery WHERE state = 'queued'";
            let left = self.session.number(queued)?;
            let elapsed = self.last_kill.elapsed();
            result.drained_in = Some(elapsed);
            if left == 0 || elapsed > timeout {
                break left;
            }
            pause(POLL_INTERVAL);
        };
        result.verdict = check(&self.history, &stored_invitations(&mut self.session)?, &self.relay.mails());
        if left > 0 {
            let seconds = timeout.as_secs();
            result.add_violation(format!("{left} mails still queued {seconds} s after the last kill"));
        }
        Ok(result)
    }
}
