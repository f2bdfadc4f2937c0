//! The tables that pgbench works on.

use usher_testbed::Database;

use super::{
    load::{self, Pressure},
    operation::Operation,
    seed::{self, CHANGED, READ},
    site::{ACCEPTANCES, FIRST_GUEST, Sample, Site, check_numbers, count, number},
};
use crate::shell::Failure;

/// Usher's own tables, with the same rows, in a database apart.
pub(super) struct Floors {
    database: Database,
    rows: u32,
    /// The first and the last invitation that can be accepted.
    last_guest: u32,
}

impl Floors {
    pub(super) fn new(site: &Site, rows: u32) -> Result<Self, Failure> {
        let database = site.server.create_database()?;
        seed::accounts(&site.programs, database.url(), &site.folder)?;
        // A floor is the bare rows: what Usher counts beside them is not its.
        database.sql("ALTER TABLE invitation DISABLE TRIGGER USER")?;
        database.sql(seed::MEMBERS)?;
        database.sql(&seed::postgres_invitations(READ, 1, rows))?;
        check_numbers(&database, rows)?;
        database.sql(&seed::postgres_invitations(CHANGED, FIRST_GUEST, FIRST_GUEST + rows - 1))?;
        database.sql(&seed::people(rows + 1, 2 * rows))?;
        database.sql(&format!("CREATE SEQUENCE acceptance START {}", rows + 1))?;
        seed::settle(&database)?;
        Ok(Self { database, rows, last_guest: 2 * rows })
    }

    /// Runs a floor for a while.
    pub(super) fn measure(
        &mut self,
        site: &Site,
        operation: Operation,
        script: &str,
        pressure: Pressure,
    ) -> Result<Sample, Failure> {
        if operation == Operation::Accept {
            self.provide_guests(pressure.seconds * ACCEPTANCES)?;
        }
        let counted = count(&self.database, operation)?;
        let before = site.database_cpu()?;
        let load = load::pgbench(&site.programs, self.database.url(), script, self.rows, pressure)?;
        let used = site.database_cpu()? - before;
        let changed = count(&self.database, operation)? - counted;
        let expected = if operation.adds_rows() { i64::from(load.total) } else { 0 };
        if changed != expected {
            return Err(format!("{script}: {expected} transactions, but {changed} rows").into());
        }
        let database_cpu = used * 1e6 / f64::from(load.total);
        Ok(Sample { load, server_cpu: 0.0, database_cpu })
    }

    /// What was created meanwhile took numbers too: the next ones begin behind it, and the sequence goes there.
    fn provide_guests(&mut self, needed: u32) -> Result<(), Failure> {
        let next = self.number("SELECT last_value + is_called::int FROM acceptance")?;
        if next + i64::from(needed) <= i64::from(self.last_guest) + 1 {
            return Ok(());
        }
        let digits = self.number("SELECT count(*) FROM invitation")?;
        let from = FIRST_GUEST + u32::try_from(digits).map_err(|_| "too many rows".to_owned())?;
        self.database.sql(&seed::postgres_invitations(CHANGED, from, from + needed - 1))?;
        let first = self.number("SELECT max(id) FROM invitation")? - i64::from(needed) + 1;
        let first = u32::try_from(first).map_err(|_| "too many rows".to_owned())?;
        self.last_guest = first + needed - 1;
        self.database.sql(&seed::people(first, self.last_guest))?;
        self.database.sql(&format!("ALTER SEQUENCE acceptance RESTART {first}"))?;
        seed::settle(&self.database)
    }

    fn number(&self, sql: &str) -> Result<i64, Failure> {
        number(&self.database, sql)
    }
}
