//! Rows as both databases hold them, and the one way from each to the domain's value.

mod access_token;
mod account;
mod audit_event;
mod grant;
mod idempotency_key;
mod invitation;
mod mail;
mod membership;
mod open_invitation;
mod person;

pub(crate) use access_token::{AccessTokenRow, NewAccessTokenRow};
pub(crate) use account::{AccountRow, NewAccountRow};
pub(crate) use audit_event::{AuditEventRow, NewAuditEventRow};
pub(crate) use idempotency_key::KeptAnswerRow;
pub(crate) use invitation::{ChangedInvitationRow, InvitationRow, NewInvitationRow};
pub(crate) use mail::{MailRow, NewMailRow};
pub(crate) use membership::{MembershipRow, NewMembershipRow};
pub(crate) use open_invitation::OpenInvitationRow;
pub(crate) use person::{NewPersonRow, PersonRow};

use usher_domain::port::StoreError;

/// A row, to be named if one of its values is none of the domain's.
#[derive(Debug, Clone, Copy)]
struct Place {
    table: &'static str,
    id: i64,
}

impl Place {
    /// The value of a column; `None` and `Err` mean that the domain would never have written it.
    fn value<T>(self, column: &'static str, parsed: impl IntoIterator<Item = T>) -> Result<T, StoreError> {
        parsed.into_iter().next().ok_or(StoreError::Corrupt { table: self.table, column, id: self.id })
    }

    /// As [`Self::value`], for a column that may be empty.
    fn optional<T, P: IntoIterator<Item = T>>(
        self,
        column: &'static str,
        parsed: Option<P>,
    ) -> Result<Option<T>, StoreError> {
        parsed.map(|parsed| self.value(column, parsed)).transpose()
    }
}

/// Reads every row, or says which one is corrupt.
pub(crate) fn all<Row, T>(rows: Vec<Row>) -> Result<Vec<T>, StoreError>
where
    T: TryFrom<Row, Error = StoreError>,
{
    rows.into_iter().map(T::try_from).collect()
}

/// Reads the rows that can be read, for work that has to go on without the others; the log names those.
pub(crate) fn readable<Row, T>(rows: Vec<Row>) -> Vec<T>
where
    T: TryFrom<Row, Error = StoreError>,
{
    let read = |row| T::try_from(row).inspect_err(|error| tracing::error!(%error, "a row was passed over"));
    rows.into_iter().filter_map(|row| read(row).ok()).collect()
}

/// Reads a row, if there is one.
pub(crate) fn one<Row, T>(row: Option<Row>) -> Result<Option<T>, StoreError>
where
    T: TryFrom<Row, Error = StoreError>,
{
    row.map(T::try_from).transpose()
}
