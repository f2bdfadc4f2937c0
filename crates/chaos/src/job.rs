use usher_tooling::Failure;

use crate::{
    account::InvitingAccount,
    arguments::{DatabaseKind, Scenario},
    environment::ChaosEnvironment,
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    seeded_random::SeededRandom,
};

/// The account that invites in most scenarios.
const ACCOUNT: &str = "onward";

/// A scenario to run: on which database, how often, and with which choices.
pub(crate) struct ScenarioJob<'e> {
    pub(crate) environment: &'e ChaosEnvironment,
    pub(crate) scenario: Scenario,
    pub(crate) kind: DatabaseKind,
    /// The number of kills or rounds.
    pub(crate) count: u32,
    pub(crate) random: SeededRandom,
}

impl<'e> ScenarioJob<'e> {
    /// A run on a new database, and the account that invites.
    pub(crate) fn begin(&self) -> Result<(ScenarioRun<'e>, InvitingAccount), Failure> {
        let scenario = ScenarioRun::new(self.environment, self.kind, self.scenario)?;
        let account = InvitingAccount::create(self.environment, &scenario.database, ACCOUNT)?;
        Ok((scenario, account))
    }

    /// A result without figures.
    pub(crate) fn result(&self) -> ScenarioResult {
        ScenarioResult::new(self.scenario, self.kind, self.count)
    }
}
