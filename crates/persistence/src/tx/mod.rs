//! The port's traits on one open transaction, one file per trait.

mod access_tokens;
mod accounts;
mod audit;
mod backlog;
mod callers;
mod history;
mod idempotency;
mod invitations;
mod leases;
mod mail_quotas;
mod memberships;
mod open_lists;
mod outbox;
mod people;
mod queue;
mod sign_ins;

use std::cmp::Ordering;

use usher_domain::port::{
    StoreError,
    store::{Addressee, Mode},
};

use crate::{connection::AnyConnection, errors::store_error};

/// One open transaction, or the part of it behind a savepoint. [`crate::store`] and [`crate::group`] begin and end it.
pub(crate) struct DieselTx<'c> {
    connection: &'c mut AnyConnection,
    mode: Mode,
    failure: Option<StoreError>,
}

/// The error of a port call: of a statement, or of a value in a row.
pub(crate) struct PortCallError(StoreError);

impl From<diesel::result::Error> for PortCallError {
    fn from(error: diesel::result::Error) -> Self {
        Self(store_error(error))
    }
}

impl From<StoreError> for PortCallError {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl<'c> DieselTx<'c> {
    pub(crate) fn new(connection: &'c mut AnyConnection, mode: Mode) -> Self {
        Self { connection, mode, failure: None }
    }

    /// The first error of a port call. After an error nothing is committed, even if the unit went on.
    pub(crate) fn into_failure(self) -> Option<StoreError> {
        self.failure
    }

    /// Runs one call of a port. After an error PostgreSQL rejects every statement until the rollback, but SQLite does not.
    /// The error is therefore kept and returned again, so that both behave alike.
    fn read<T>(
        &mut self,
        call: impl FnOnce(&mut AnyConnection) -> Result<T, PortCallError>,
    ) -> Result<T, StoreError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        call(self.connection).map_err(|PortCallError(error)| {
            // The unit may go on without a row that cannot be read.
            if !matches!(error, StoreError::Corrupt { .. }) {
                self.failure = Some(error.clone());
            }
            error
        })
    }

    /// As [`Self::read`], for a call that writes.
    fn write<T>(
        &mut self,
        call: impl FnOnce(&mut AnyConnection) -> Result<T, PortCallError>,
    ) -> Result<T, StoreError> {
        if self.mode != Mode::Write {
            let defect = StoreError::defect("a unit of work that only reads tried to write");
            return Err(self.failure.get_or_insert(defect).clone());
        }
        self.read(call)
    }
}

/// An account's number and an address key, as both databases store them.
fn pair<'a>(addressee: &Addressee<'a>) -> (i64, &'a str) {
    (addressee.account.get(), addressee.email.key())
}

/// Compare and set: fewer updated rows than expected mean that another unit changed one since it was read.
fn exactly(expected: usize, updated: usize) -> Result<(), PortCallError> {
    match updated.cmp(&expected) {
        Ordering::Equal => Ok(()),
        Ordering::Less => Err(StoreError::Contended.into()),
        Ordering::Greater => {
            Err(StoreError::Defect(format!("{updated} rows were updated instead of {expected}")).into())
        }
    }
}
