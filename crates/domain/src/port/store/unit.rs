use std::time::Duration;

use super::{
    AccessTokens, Accounts, AuditLog, Backlog, Callers, ClockReading, IdempotencyKeys, Invitations, Leases,
    MailQuotas, Memberships, Outbox, People, SignIns, StoreError,
};
use crate::{
    Timestamp,
    port::Clock,
    principal::Credential,
    quota::{Window, WriteCount},
};

/// One open unit of work: everything that a use case can read and write. In [`Mode::Look`] there is no transaction.
pub trait Tx:
    AccessTokens
    + Accounts
    + AuditLog
    + Backlog
    + Callers
    + IdempotencyKeys
    + Invitations
    + Leases
    + MailQuotas
    + Memberships
    + Outbox
    + People
    + SignIns
{
}

impl<T> Tx for T where
    T: AccessTokens
        + Accounts
        + AuditLog
        + Backlog
        + Callers
        + IdempotencyKeys
        + Invitations
        + Leases
        + MailQuotas
        + Memberships
        + Outbox
        + People
        + SignIns
{
}

/// What a unit of work is going to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only reads, and each call sees the data as of its own moment: for use cases whose calls need not agree. Needs
    /// no transaction. A write fails as [`StoreError::Defect`].
    Look,
    /// Only reads, from one consistent snapshot. A write fails as [`StoreError::Defect`].
    Read,
    /// Reads and writes; sees one consistent snapshot, and its own writes.
    Write,
}

/// A unit of work, as its caller describes it to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// The operation, such as `invitation.create`. Shows up in logs and metrics.
    pub name: &'static str,
    /// What it is going to do.
    pub mode: Mode,
    /// How long it may wait for a connection, or for its turn to write on SQLite, before it fails as
    /// [`StoreError::Overloaded`]: what is left of the request's time budget. `None` for the store's own limit.
    pub wait: Option<Duration>,
}

impl Unit {
    /// A unit that waits as long as the store's own limit.
    #[must_use]
    pub const fn new(name: &'static str, mode: Mode) -> Self {
        Self { name, mode, wait: None }
    }
}

/// How a unit of work ends if the store was able to run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Keep what was written.
    Commit,
    /// The use case rejected the request: keep nothing.
    Rollback,
}

/// The writes that a unit serves, to be counted in a window of the write limit.
#[derive(Debug, Clone, Copy)]
pub struct Counting<'a> {
    /// The credential of each write; a person may occur more than once.
    pub credentials: &'a [&'a Credential],
    /// The window in which they count.
    pub window: Window,
    /// Decides which access tokens are live.
    pub now: Timestamp,
}

/// The work of a unit whose writes are counted. It receives the counts.
pub type CountedWork<'w> = dyn FnMut(&mut dyn Tx, &[Option<WriteCount>]) -> Result<Verdict, StoreError> + 'w;

/// Runs units of work.
pub trait Store: Send + Sync {
    /// Runs `work` as a transaction; returns once it is durable (commit) or gone (rollback, error). By then every write
    /// by another unit that `work` saw is durable too.
    ///
    /// Implementations must ensure: a unit that ends in [`StoreError::Contended`], or that the database gave up in
    /// favor of another one (serialization failure, deadlock), is run again from the start, a bounded number of times
    /// with jitter. So `work` must not have effects besides the transaction. A unit that goes on after an error of the
    /// store keeps nothing: each further call returns that error again, and so does the unit.
    fn run(
        &self,
        unit: Unit,
        work: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError>;

    /// Counts one more write for each credential, then runs `work` as a unit of [`Self::run`] in [`Mode::Write`].
    /// `work` receives the counts, one for each credential and in their order.
    ///
    /// A count is `None` if the credential may not write: no person has the address, or the token is not live or only
    /// reads. In that case nothing is counted.
    ///
    /// If the person was already counted in the next window, the write is counted there: the clocks of two replicas
    /// differ by a moment, and the count must not be reset twice. Any other window in which the person was already
    /// counted is replaced by this one, so a clock that was once far ahead does not lock a person out.
    ///
    /// Implementations must ensure: no two writes get the same number in one window, neither in different replicas nor
    /// within one call. A count stays, however the unit ends: a rejected write counts too. A unit that runs again is
    /// not counted again. After [`StoreError::Unreachable`], which counting can return too, it is unknown whether the
    /// writes were counted. On PostgreSQL all counts are lost in a crash recovery.
    fn run_counted(
        &self,
        unit: Unit,
        counting: &Counting<'_>,
        work: &mut CountedWork<'_>,
    ) -> Result<(), StoreError>;

    /// Checks that the database accepts writes, keeps nothing, and compares the database's clock with `clock`.
    ///
    /// Implementations must ensure: the check waits for no unit of work, neither for its connection nor for its locks. It
    /// fails as [`StoreError::Unreachable`] when units that write would.
    fn check(&self, clock: &dyn Clock) -> Result<ClockReading, StoreError>;

    /// Whether several units can write at the same time. If not, a unit that waits for its turn can wait in the batch queue
    /// just as well.
    fn writes_in_parallel(&self) -> bool;
}

/// The error of a use case that touches the store.
pub trait UnitError: From<StoreError> {
    /// The store's own error, if this is one and not a rejection of the use case.
    fn store_error(&self) -> Option<&StoreError>;

    /// Names the case in logs; never changes.
    fn code(&self) -> &'static str;
}

impl UnitError for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Conflict(_) => "store_conflict",
            Self::Contended => "store_contended",
            Self::Overloaded(_) => "store_overloaded",
            Self::Unreachable(_) => "store_unreachable",
            Self::Corrupt { .. } => "store_corrupt",
            Self::Defect(_) => "store_defect",
        }
    }
}

impl dyn Store + '_ {
    /// Runs a unit. An `Err` of the use case rolls back.
    pub fn unit<T, E: UnitError>(
        &self,
        unit: Unit,
        mut work: impl FnMut(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        typed(unit.name, |last| self.run(unit, &mut |tx| last.of(work(tx))))
    }

    /// Runs a unit that writes. An `Err` of the use case rolls back.
    pub fn write<T, E: UnitError>(
        &self,
        name: &'static str,
        work: impl FnMut(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.unit(Unit::new(name, Mode::Write), work)
    }

    /// Runs a unit that writes and is counted first: see [`Store::run_counted`]. An `Err` of the use case rolls back.
    pub fn write_counted<T, E: UnitError>(
        &self,
        name: &'static str,
        counting: &Counting<'_>,
        mut work: impl FnMut(&mut dyn Tx, &[Option<WriteCount>]) -> Result<T, E>,
    ) -> Result<T, E> {
        typed(name, |last| {
            self.run_counted(Unit::new(name, Mode::Write), counting, &mut |tx, counts| {
                last.of(work(tx, counts))
            })
        })
    }

    /// Runs a unit that only reads. Each call sees the data as of its own moment.
    pub fn look<T, E: UnitError>(
        &self,
        name: &'static str,
        work: impl FnMut(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.unit(Unit::new(name, Mode::Look), work)
    }

    /// Runs a unit that only reads, from one consistent snapshot.
    pub fn read<T, E: UnitError>(
        &self,
        name: &'static str,
        work: impl FnMut(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.unit(Unit::new(name, Mode::Read), work)
    }
}

/// The result of the last run of a unit.
struct LastRun<T, E>(Option<Result<T, E>>);

impl<T, E: UnitError> LastRun<T, E> {
    /// Keeps the result of a run; returns how the unit ends with it.
    fn of(&mut self, result: Result<T, E>) -> Result<Verdict, StoreError> {
        let verdict = match &result {
            Ok(_) => Ok(Verdict::Commit),
            Err(error) => error.store_error().cloned().map_or(Ok(Verdict::Rollback), Err),
        };
        self.0 = Some(result);
        verdict
    }
}

/// Typed results over [`Store::run`], which is untyped so that [`Store`] can be a trait object.
fn typed<T, E: UnitError>(
    name: &'static str,
    run: impl FnOnce(&mut LastRun<T, E>) -> Result<(), StoreError>,
) -> Result<T, E> {
    let mut last = LastRun(None);
    run(&mut last)?;
    last.0.unwrap_or_else(|| Err(StoreError::Defect(format!("unit {name} did not run")).into()))
}
