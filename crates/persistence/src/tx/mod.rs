//! The port's traits on one open transaction, one file for each.

mod access_tokens;
mod accounts;
mod audit;
mod callers;
mod idempotency;
mod invitations;
mod memberships;
mod open_lists;
mod outbox;
mod people;

use std::cmp::Ordering;

use usher_domain::port::{
    StoreError,
    store::{Addressee, Mode},
};

use crate::{connection::AnyConnection, errors::store_error};

/// One open transaction, or what comes after a savepoint. Who opened it ends it: see [`crate::store`] and [`crate::group`].
pub(crate) struct DieselTx<'c> {
    connection: &'c mut AnyConnection,
    mode: Mode,
    failure: Option<StoreError>,
}

/// What stops an operation: trouble with the database, or with what it holds.
pub(crate) struct OperationError(StoreError);

impl From<diesel::result::Error> for OperationError {
    fn from(error: diesel::result::Error) -> Self {
        Self(store_error(error))
    }
}

impl From<StoreError> for OperationError {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl<'c> DieselTx<'c> {
    pub(crate) fn new(connection: &'c mut AnyConnection, mode: Mode) -> Self {
        Self { connection, mode, failure: None }
    }

    /// The first error met, if there was one: then nothing may be committed, even if the unit did not mind it.
    pub(crate) fn into_failure(self) -> Option<StoreError> {
        self.failure
    }

    /// Runs one operation. After an error PostgreSQL refuses everything until the rollback, and SQLite would not; so
    /// that both behave alike, the error is kept here and given again.
    fn read<T>(
        &mut self,
        operation: impl FnOnce(&mut AnyConnection) -> Result<T, OperationError>,
    ) -> Result<T, StoreError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        operation(self.connection).map_err(|OperationError(error)| {
            // A row that cannot be read is no failure of the database: the unit may do without it.
            if !matches!(error, StoreError::Corrupt { .. }) {
                self.failure = Some(error.clone());
            }
            error
        })
    }

    /// As [`Self::read`], for an operation that only a writing unit may do.
    fn write<T>(
        &mut self,
        operation: impl FnOnce(&mut AnyConnection) -> Result<T, OperationError>,
    ) -> Result<T, StoreError> {
        let mode = self.mode;
        self.read(|connection| match mode {
            Mode::Write => operation(connection),
            Mode::Look | Mode::Read => {
                Err(StoreError::defect("a unit of work that only reads tried to write").into())
            }
        })
    }
}

/// An account and the key of an address in it, as both databases have them.
fn pair<'a>(addressee: &Addressee<'a>) -> (i64, &'a str) {
    (addressee.account.get(), addressee.email.key())
}

/// Compare and set: fewer updated rows than expected mean that another unit changed one since it was read.
fn exactly(expected: usize, updated: usize) -> Result<(), OperationError> {
    match updated.cmp(&expected) {
        Ordering::Equal => Ok(()),
        Ordering::Less => Err(StoreError::Contended.into()),
        Ordering::Greater => {
            Err(StoreError::Defect(format!("{updated} rows were updated instead of {expected}")).into())
        }
    }
}
