//! R7: the disk below the database is full for a while, under a load of creations.
//!
//! The database lies on a small file system in memory, which the harness fills with a file of its own.

mod small_disk;

use std::{
    fs::File,
    time::{Duration, Instant},
};

use serde_json::Value;
use usher_tooling::Failure;

use self::small_disk::SmallDisk;
use crate::{
    arguments::{DatabaseKind, Scenario},
    cluster::PostgresNode,
    database::TestDatabase,
    environment::ChaosEnvironment,
    interruption::{Bounds, Interruption},
    job::ScenarioJob,
    result::ScenarioResult,
    scenario_run::ScenarioRun,
    seeded_random::SeededRandom,
};

/// Readiness needs a unit that fails, and PostgreSQL first uses the room in the pages that it has.
const BOUNDS: Bounds = Bounds { detection: Duration::from_secs(5), recovery: Duration::from_secs(2) };

/// The size of the disk: enough for the database and the load of a run, and quick to fill.
fn megabytes(kind: DatabaseKind) -> u32 {
    match kind {
        DatabaseKind::Postgres => 192,
        DatabaseKind::Sqlite => 96,
    }
}

/// Fills the disk in each round, each on its own database.
pub(crate) fn run(mut job: ScenarioJob<'_>) -> Result<ScenarioResult, Failure> {
    let mut result = job.result();
    let ScenarioJob { environment, kind, count: rounds, ref mut random, .. } = job;
    for round in 1..=rounds {
        let mut run = DiskRun::prepare(environment, kind, round, random)?;
        let turn = environment.take_turn();
        let figures = run.execute(environment)?;
        drop(turn);
        let part = run.interruption.finish()?;
        result.merge(&format!("round {round}"), ScenarioResult { details: figures, ..part });
    }
    Ok(result)
}

/// One database on its own disk. The fields end in this order.
struct DiskRun<'e> {
    interruption: Interruption<'e>,
    cluster: Option<PostgresNode<'e>>,
    disk: SmallDisk,
}

impl<'e> DiskRun<'e> {
    fn prepare(
        environment: &'e ChaosEnvironment,
        kind: DatabaseKind,
        round: u32,
        random: &mut SeededRandom,
    ) -> Result<Self, Failure> {
        let name = format!("full-{kind}-{round}").to_lowercase();
        let disk = SmallDisk::mount(environment.folder(), &name, megabytes(kind))?;
        let (database, cluster) = match kind {
            DatabaseKind::Postgres => {
                let mut node = PostgresNode::create(environment, disk.path(), "cluster", random)?;
                node.start()?;
                node.await_answer()?;
                node.sql("CREATE DATABASE usher")?;
                let url = node.url("usher");
                (TestDatabase::Remote { url: url.clone(), direct: url }, Some(node))
            }
            DatabaseKind::Sqlite => {
                let file = disk.path().join("usher.db");
                File::create(&file)?;
                (TestDatabase::Sqlite { file, client: environment.programs.sqlite.clone() }, None)
            }
        };
        let scenario = ScenarioRun::on(environment, database, kind, Scenario::DiskFull)?;
        let interruption = Interruption::prepare(environment, scenario, &name, &[], random)?;
        Ok(Self { interruption, cluster, disk })
    }

    fn execute(&mut self, environment: &ChaosEnvironment) -> Result<Value, Failure> {
        let duration = Duration::from_secs(if environment.long { 15 } else { 2 });
        self.interruption.scenario.report_progress(&format!("a full disk for {} s", duration.as_secs()));
        let (disk, cluster) = (&self.disk, &mut self.cluster);
        let figures = self.interruption.execute(environment, BOUNDS, |while_full| {
            disk.fill()?;
            while_full(duration)?;
            disk.empty()?;
            let Some(node) = cluster else { return Ok(Instant::now()) };
            // PostgreSQL ends when it has no room for its log, and must be started again, as an operator would do it.
            node.revive()?;
            node.await_answer()
        })?;
        self.interruption.reconnect()?;
        Ok(figures)
    }
}
