//! What all measurements of a run share.

use std::path::PathBuf;

use usher_testbed::{Database, PostgresServer};
use usher_tooling::Failure;

use crate::{load::LoadResult, operation::Operation, procfs::CpuClock, programs::BenchPrograms};

/// How many acceptances to prepare for each second. A measurement that needs more ends with an error.
pub(crate) const ACCEPTANCES_PER_SECOND: u32 = 24_000;

/// The first number of the invitations of the changed account. It is far above the numbers of all other invitations.
pub(crate) const FIRST_INVITEE: u32 = 2_000_000_000;

/// The cluster and the programs of a run.
pub(crate) struct BenchEnvironment {
    pub(crate) programs: BenchPrograms,
    pub(crate) server: PostgresServer,
    /// The id of PostgreSQL's main process, the parent of all its other processes.
    pub(crate) postmaster: u32,
    pub(crate) clock: CpuClock,
    pub(crate) folder: PathBuf,
}

impl BenchEnvironment {
    /// Processor time that PostgreSQL has used so far, in seconds.
    pub(crate) fn database_cpu(&self) -> Result<f64, Failure> {
        self.clock.of_process_tree(self.postmaster)
    }
}

/// The result of one measurement.
#[derive(Debug, Clone)]
pub(crate) struct Measurement {
    pub(crate) load: LoadResult,
    /// Usher's processor time for each request, in microseconds; 0 for a baseline.
    pub(crate) server_cpu: f64,
    /// PostgreSQL's processor time for each request, in microseconds.
    pub(crate) database_cpu: f64,
}

/// The number of rows in the table that the operation adds to; 0 for an operation that only reads. Creations are counted by
/// their mails, because the seeded invitations have none.
pub(crate) fn count_rows(database: &Database, operation: Operation) -> Result<i64, Failure> {
    match operation {
        Operation::Create => query_number(database, "SELECT count(*) FROM delivery"),
        Operation::Accept => query_number(database, "SELECT count(*) FROM membership"),
        Operation::Get | Operation::FirstPage | Operation::DeepPage => Ok(0),
    }
}

/// Checks that the invitations of the read account have the ids from 1 to `rows`, because they are read by id.
pub(crate) fn check_ids(database: &Database, rows: u32) -> Result<(), Failure> {
    let found = database.sql("SELECT min(id), max(id), count(*) FROM invitation WHERE account_id = 1")?;
    let expected = format!("1|{rows}|{rows}");
    if found == expected { Ok(()) } else { Err(format!("seeded {found} instead of {expected}").into()) }
}

/// The single number that a query returns.
pub(crate) fn query_number(database: &Database, sql: &str) -> Result<i64, Failure> {
    let row = database.sql(sql)?;
    row.parse().map_err(|_| format!("{sql}: {row} is not a number").into())
}
