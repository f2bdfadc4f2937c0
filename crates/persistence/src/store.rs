//! The store: runs units of work in transactions, and runs contended ones again.

use std::{fmt, time::Instant};

use diesel::connection::TransactionManager as _;
use usher_domain::{
    port::{
        Clock, Store, StoreError, Tx,
        store::{ClockReading, CountedWork, Counting, Mode, Unit, Verdict},
    },
    quota::WriteCount,
};
use usher_postgres::Loss;

use crate::{
    connection::{AnyConnection, Transactions},
    dialect,
    errors::store_error,
    group::GroupCommit,
    manager::Manager,
    migrations::Migrations,
    open_error::OpenError,
    options::DatabaseOptions,
    pool::{Connections, Pool},
    readiness::ReadinessCheck,
    retry::Retries,
    tx::DieselTx,
    write_counts::Writes,
};

/// A [`Store`] on SQLite or PostgreSQL.
///
/// It blocks: on an asynchronous runtime call it from a thread for blocking work.
pub struct DieselStore {
    manager: Manager,
    pool: Pool,
    /// For units that write on SQLite: they share transactions instead of using the pool.
    group: Option<GroupCommit>,
    readiness: ReadinessCheck,
}

impl DieselStore {
    /// Opens the database and connects once, to report a wrong configuration. Creates a missing SQLite file, but no
    /// folder. The tables come from [`Self::migrations`].
    pub fn open(options: &DatabaseOptions) -> Result<Self, OpenError> {
        let manager = Manager::new(options)?;
        let pool = Pool::new(&manager, options)?;
        let groups = !manager.writes_in_parallel();
        let group = groups.then(|| GroupCommit::new(manager.clone(), options.acquire_timeout));
        let readiness = ReadinessCheck::new(manager.clone())?;
        Ok(Self { manager, pool, group, readiness })
    }

    /// The migrations of the tables.
    #[must_use]
    pub fn migrations(&self) -> Migrations<'_> {
        Migrations::new(&self.manager)
    }

    /// The connections of the pool. On SQLite one more connection writes.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.pool.connections()
    }

    fn unit(&self, unit: Unit, mut writes: Writes<'_>, work: &mut CountedWork<'_>) -> Result<(), StoreError> {
        let _span = tracing::debug_span!("unit", name = unit.name, mode = ?unit.mode).entered();
        let (began, mut retries) = (Instant::now(), Retries::default());
        loop {
            let wait = unit.wait.map(|wait| wait.saturating_sub(began.elapsed()));
            match self.once(Unit { wait, ..unit }, &mut writes, work) {
                Err(StoreError::Contended) if retries.pause() => {}
                end => return end,
            }
        }
    }

    /// Runs a unit without a transaction. A unit that finds a dead connection runs again, because it has changed nothing.
    fn look(&self, unit: Unit, work: &mut CountedWork<'_>) -> Result<(), StoreError> {
        let mut chances = self.pool.size();
        loop {
            let mut session = self.pool.look(unit.wait)?;
            let end = attempt(&mut session.connection, Mode::Look, &[], work);
            let is_closed = dialect::loss(&session.connection) == Some(Loss::Closed);
            session.reusable = true;
            if !is_closed || chances == 0 {
                return end.map(drop);
            }
            chances -= 1;
        }
    }

    fn once(
        &self,
        unit: Unit,
        writes: &mut Writes<'_>,
        work: &mut CountedWork<'_>,
    ) -> Result<(), StoreError> {
        match (unit.mode, &self.group) {
            (Mode::Look, _) => self.look(unit, work),
            (Mode::Write, Some(group)) => group
                .run(unit.wait, writes, |connection, counts| attempt(connection, unit.mode, counts, work))
                .inspect_err(|error| self.manager.note_disk_full(error)),
            (Mode::Read | Mode::Write, _) => self.alone(unit, writes, work),
        }
    }

    /// Runs a unit in its own transaction. After a failed rollback the connection is closed, and the transaction ends
    /// with it.
    fn alone(
        &self,
        unit: Unit,
        writes: &mut Writes<'_>,
        work: &mut CountedWork<'_>,
    ) -> Result<(), StoreError> {
        let mut session = self.pool.begin(unit, writes)?;
        let end = attempt(&mut session.connection, unit.mode, writes.counts(), work);
        if end == Ok(Verdict::Commit) {
            Transactions::commit_transaction(&mut session.connection).map_err(store_error)?;
            session.reusable = true;
        } else {
            session.reusable = Transactions::rollback_transaction(&mut session.connection).is_ok();
        }
        end.map(drop)
    }
}

/// Runs the work once in an open transaction.
fn attempt(
    connection: &mut AnyConnection,
    mode: Mode,
    counts: &[Option<WriteCount>],
    work: &mut CountedWork<'_>,
) -> Result<Verdict, StoreError> {
    let mut tx = DieselTx::new(connection, mode);
    match work(&mut tx, counts) {
        Ok(Verdict::Commit) => tx.into_failure().map_or(Ok(Verdict::Commit), Err),
        end => end,
    }
}

impl Store for DieselStore {
    fn run(
        &self,
        unit: Unit,
        work: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        self.unit(unit, Writes::none(), &mut |tx, _| work(tx))
    }

    /// On PostgreSQL a count is contended when the person is deleted concurrently, and when the database's default
    /// isolation level is not READ COMMITTED. Then the call counts again, possibly counting some writes twice.
    fn run_counted(
        &self,
        unit: Unit,
        counting: &Counting<'_>,
        work: &mut CountedWork<'_>,
    ) -> Result<(), StoreError> {
        self.unit(Unit { mode: Mode::Write, ..unit }, Writes::of(counting), work)
    }

    fn check(&self, clock: &dyn Clock) -> Result<ClockReading, StoreError> {
        self.readiness.run(clock)
    }

    fn writes_in_parallel(&self) -> bool {
        self.group.is_none()
    }
}

impl fmt::Debug for DieselStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DieselStore").finish_non_exhaustive()
    }
}
