//! The baseline: the database that pgbench works on.

use usher_testbed::Database;
use usher_tooling::Failure;

use crate::{
    environment::{
        ACCEPTANCES_PER_SECOND, BenchEnvironment, FIRST_INVITEE, Measurement, check_ids, count_rows,
        query_number,
    },
    load::LoadProfile,
    operation::Operation,
    pgbench,
    seed::{self, CHANGED, READ},
};

/// Usher's tables with the same rows as the system under test, in a separate database.
pub(crate) struct Baseline {
    database: Database,
    rows: u32,
    /// The id of the last invitation that can be accepted.
    last_invitation: u32,
}

impl Baseline {
    pub(crate) fn new(environment: &BenchEnvironment, rows: u32) -> Result<Self, Failure> {
        let database = environment.server.create_database()?;
        seed::create_accounts(&environment.programs, database.url(), &environment.folder)?;
        // The baseline writes only the rows: Usher's counters are a part of Usher's cost.
        database.sql("ALTER TABLE invitation DISABLE TRIGGER USER")?;
        database.sql(seed::MEMBERS)?;
        database.sql(&seed::postgres_invitations(READ, 1, rows))?;
        check_ids(&database, rows)?;
        database.sql(&seed::postgres_invitations(CHANGED, FIRST_INVITEE, FIRST_INVITEE + rows - 1))?;
        database.sql(&seed::people(rows + 1, 2 * rows))?;
        database.sql(&format!("CREATE SEQUENCE acceptance START {}", rows + 1))?;
        seed::vacuum_and_checkpoint(&database)?;
        Ok(Self { database, rows, last_invitation: 2 * rows })
    }

    /// Measures the script of an operation, and checks the rows that it added.
    pub(crate) fn measure(
        &mut self,
        environment: &BenchEnvironment,
        operation: Operation,
        script: &str,
        profile: LoadProfile,
    ) -> Result<Measurement, Failure> {
        if operation == Operation::Accept {
            self.ensure_pending(profile.seconds * ACCEPTANCES_PER_SECOND)?;
        }
        let rows_before = count_rows(&self.database, operation)?;
        let cpu_before = environment.database_cpu()?;
        let load = pgbench::run(&environment.programs, self.database.url(), script, self.rows, profile)?;
        let cpu = environment.database_cpu()? - cpu_before;
        let added = count_rows(&self.database, operation)? - rows_before;
        let expected = if operation.adds_rows() { i64::from(load.total) } else { 0 };
        if added != expected {
            return Err(format!("{script}: {expected} transactions, but {added} rows").into());
        }
        let database_cpu = cpu * 1e6 / f64::from(load.total);
        Ok(Measurement { load, server_cpu: 0.0, database_cpu })
    }

    /// Seeds more invitations when fewer than `needed` are left to accept. The creations in between have used ids too, so the
    /// new invitations start after them, and the sequence restarts there.
    fn ensure_pending(&mut self, needed: u32) -> Result<(), Failure> {
        let next = self.number("SELECT last_value + is_called::int FROM acceptance")?;
        if next + i64::from(needed) <= i64::from(self.last_invitation) + 1 {
            return Ok(());
        }
        let count = self.number("SELECT count(*) FROM invitation")?;
        let from = FIRST_INVITEE + u32::try_from(count).map_err(|_| "too many rows")?;
        self.database.sql(&seed::postgres_invitations(CHANGED, from, from + needed - 1))?;
        let first = self.number("SELECT max(id) FROM invitation")? - i64::from(needed) + 1;
        let first = u32::try_from(first).map_err(|_| "too many rows")?;
        self.last_invitation = first + needed - 1;
        self.database.sql(&seed::people(first, self.last_invitation))?;
        self.database.sql(&format!("ALTER SEQUENCE acceptance RESTART {first}"))?;
        seed::vacuum_and_checkpoint(&self.database)
    }

    fn number(&self, sql: &str) -> Result<i64, Failure> {
        query_number(&self.database, sql)
    }
}
