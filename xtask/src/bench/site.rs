//! What both sides of a comparison stand on.

use std::path::PathBuf;

use usher_testbed::{Database, PostgresServer};

use super::{load::Load, operation::Operation, proc::Clock, programs::Programs};
use crate::shell::Failure;

/// Acceptances that a second is prepared for; more would end the measurement with an error.
pub(super) const ACCEPTANCES: u32 = 24_000;

/// Numbers of the invitations of the account that is changed begin here, to be nobody else's.
pub(super) const FIRST_GUEST: u32 = 2_000_000_000;

/// The cluster, and what everything else needs.
pub(super) struct Site {
    pub(super) programs: Programs,
    pub(super) server: PostgresServer,
    /// The process that all of PostgreSQL's others are children of.
    pub(super) postmaster: u32,
    pub(super) clock: Clock,
    pub(super) folder: PathBuf,
}

impl Site {
    pub(super) fn database_cpu(&self) -> Result<f64, Failure> {
        self.clock.of_family(self.postmaster)
    }
}

/// One measurement.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) load: Load,
    /// Processor time for a request in microseconds, of Usher and of PostgreSQL.
    pub(super) server_cpu: f64,
    pub(super) database_cpu: f64,
}

/// The rows of the table that an operation adds to; 0 where it adds to none. Creations are counted by their mails, which
/// come with every invitation that was not seeded.
pub(super) fn count(database: &Database, operation: Operation) -> Result<i64, Failure> {
    match operation {
        Operation::Create => number(database, "SELECT count(*) FROM mail"),
        Operation::Accept => number(database, "SELECT count(*) FROM membership"),
        Operation::Get | Operation::List | Operation::Deep => Ok(0),
    }
}

/// What is got by number has the numbers from 1 on.
pub(super) fn check_numbers(database: &Database, rows: u32) -> Result<(), Failure> {
    let found = database.sql("SELECT min(id), max(id), count(*) FROM invitation WHERE account_id = 1")?;
    let expected = format!("1|{rows}|{rows}");
    if found == expected { Ok(()) } else { Err(format!("seeded {found} instead of {expected}").into()) }
}

pub(super) fn number(database: &Database, sql: &str) -> Result<i64, Failure> {
    let answer = database.sql(sql)?;
    answer.parse().map_err(|_| format!("{sql}: {answer}").into())
}
