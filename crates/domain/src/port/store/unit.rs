use super::{
    AccessTokens, Accounts, AuditLog, Callers, IdempotencyKeys, Invitations, Memberships, Outbox, People,
    StoreError,
};
use crate::{
    Timestamp,
    principal::Credential,
    quota::{Window, WriteCount},
};

/// One open transaction: everything that a use case can read and write.
pub trait Tx:
    AccessTokens + Accounts + AuditLog + Callers + IdempotencyKeys + Invitations + Memberships + Outbox + People
{
}

impl<T> Tx for T where
    T: AccessTokens
        + Accounts
        + AuditLog
        + Callers
        + IdempotencyKeys
        + Invitations
        + Memberships
        + Outbox
        + People
{
}

/// What a unit of work is going to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only reads, and each call sees a picture of its own moment: for use cases whose calls need not agree. Costs no
    /// transaction. A write is refused as [`StoreError::Unavailable`].
    Look,
    /// Only reads, of one consistent picture. A write is refused as [`StoreError::Unavailable`].
    Read,
    /// Reads and writes; sees one consistent picture, and what it wrote itself.
    Write,
}

/// How a unit of work ends that ran into no trouble of the store's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Keep what was written.
    Commit,
    /// The use case refused: keep nothing.
    Rollback,
}

/// Runs units of work.
pub trait Store: Send + Sync {
    /// Runs `work` in one transaction; returns once it is durable (commit) or gone (rollback, error).
    ///
    /// Owes: a unit that ends in [`StoreError::Contended`], or that the database gave up for the sake of another one
    /// (serialisation failure, deadlock), is run again from the start, a bounded number of times with jitter. So
    /// `work` must not have effects besides the transaction. A unit that goes on after an error of the store keeps
    /// nothing: each further call gives that error again, and so does the end. `name` shows up in logs and metrics.
    fn run(
        &self,
        name: &'static str,
        mode: Mode,
        work: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError>;

    /// Counts one more write of the person whose credential it is, in a window of the write limit. `None`, and nothing is
    /// counted, when nobody could write with it: no person has the principal's address, or the access token is none that is
    /// live at `now` and may write.
    ///
    /// A write is counted on in the next window when the person was counted there before: the clocks of two replicas
    /// differ by a moment, and the limit must not begin anew twice. Any other window that was counted in before gives way to
    /// this one, so that a clock that was once far ahead locks nobody out.
    ///
    /// Owes: no two calls answer the same number of one window, whichever replica they come to. Not part of any unit, so
    /// that a refused write counts too and writes of one person do not wait for each other's units. Numbers of the last
    /// moments may be lost when the database's machine dies, and all of them are when PostgreSQL has to recover.
    fn count_write(
        &self,
        credential: &Credential,
        window: Window,
        now: Timestamp,
    ) -> Result<Option<WriteCount>, StoreError>;
}

/// The error of a use case that touches the store.
pub trait UnitError: From<StoreError> {
    /// The store's own error, if this is one and not a refusal of the use case.
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
            Self::Unavailable(_) => "store_unavailable",
            Self::Corrupt { .. } => "store_corrupt",
        }
    }
}

impl dyn Store + '_ {
    /// Runs a unit that writes. An `Err` of the use case rolls back.
    pub fn write<T, E: UnitError>(
        &self,
        name: &'static str,
        work: impl FnMut(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.unit(name, Mode::Write, work)
    }

    /// Runs a unit whose calls each read what is true at their own moment.
    pub fn look<T, E: UnitError>(
        &self,
        name: &'static str,
        work: impl FnMut(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.unit(name, Mode::Look, work)
    }

    /// Runs a unit that only reads, one picture.
    pub fn read<T, E: UnitError>(
        &self,
        name: &'static str,
        work: impl FnMut(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.unit(name, Mode::Read, work)
    }

    /// Gives types to [`Store::run`], which has none so that it can be a trait object.
    fn unit<T, E: UnitError>(
        &self,
        name: &'static str,
        mode: Mode,
        mut work: impl FnMut(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut answer = None;
        self.run(name, mode, &mut |tx| {
            let result = work(tx);
            let verdict = match &result {
                Ok(_) => Ok(Verdict::Commit),
                Err(error) => error.store_error().cloned().map_or(Ok(Verdict::Rollback), Err),
            };
            answer = Some(result);
            verdict
        })?;
        answer.unwrap_or_else(|| Err(StoreError::Unavailable(format!("unit {name} did not run")).into()))
    }
}
