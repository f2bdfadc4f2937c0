//! Rows of lists. A page has many of them, so what PostgreSQL sends becomes invitations without a copy in between.

use std::str::from_utf8;

use diesel::{
    deserialize::{FromSql, FromSqlRow, Result},
    pg::Pg,
    row::{Field, Row},
    sql_types::{BigInt, Bool, Nullable, Text, Timestamp},
};
use usher_domain::{
    invitation::OpenInvitation,
    port::{StoreError, store::Order},
};

use crate::rows::OpenInvitationRow;

/// What was found of the list that was wanted at a place, from 1; an empty list is one without an invitation.
pub(crate) struct Found {
    pub(crate) place: i64,
    /// How many the account has stored as pending.
    pub(crate) stored: i64,
    /// Whether any, of whichever account, are stored as pending although their time is over.
    pub(crate) overdue: bool,
    pub(crate) listed: Option<Listed>,
}

/// An invitation of a list, if it can be read.
pub(crate) struct Listed {
    number: i64,
    pub(crate) invitation: std::result::Result<OpenInvitation, StoreError>,
}

impl Found {
    /// Grows in the order of the lists and of what is in them.
    pub(super) fn order(&self, order: Order) -> (i64, i64) {
        let number = self.listed.as_ref().map_or(0, |listed| listed.number);
        (self.place, if order == Order::OldestFirst { number } else { -number })
    }
}

impl<T: AsRef<str>> From<OpenInvitationRow<T>> for Listed {
    fn from(row: OpenInvitationRow<T>) -> Self {
        Self { number: row.id, invitation: row.try_into() }
    }
}

/// The columns of [`OpenInvitationRow`]. The compared form of an address is sent where it is another one only.
macro_rules! columns {
    () => {
        "id, public_id, secure_id, email, NULLIF(email_key, email) AS email_key, name, roles, limit_services, services, \
         created_at, updated_at, sent_at"
    };
}
pub(super) use columns;

/// The columns of [`Found`].
pub(super) type FoundColumns = (
    (BigInt, BigInt, Bool),
    (
        Nullable<BigInt>,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Bool>,
        Nullable<Text>,
        Nullable<Timestamp>,
        Nullable<Timestamp>,
        Nullable<Timestamp>,
    ),
);

impl FromSqlRow<FoundColumns, Pg> for Found {
    fn build_from_row<'a>(row: &impl Row<'a, Pg>) -> Result<Self> {
        let mut columns = 0..;
        let mut next = || columns.next().and_then(|column| row.get(column)).ok_or("a column is missing");
        let (place, stored) = (value::<BigInt, i64>(&next()?)?, value::<BigInt, i64>(&next()?)?);
        let overdue = value::<Bool, bool>(&next()?)?;
        let Some(id) = optional::<BigInt, i64>(&next()?)? else {
            return Ok(Self { place, stored, overdue, listed: None });
        };
        let (public_id, secure_id) = (next()?, next()?);
        let (email, email_key, name) = (next()?, next()?, next()?);
        let (roles, limit_services, services) = (next()?, next()?, next()?);
        let (created_at, updated_at, sent_at) = (next()?, next()?, next()?);
        let email = text(&email)?;
        let row = OpenInvitationRow {
            id,
            public_id: text(&public_id)?,
            secure_id: text(&secure_id)?,
            email,
            email_key: optional_text(&email_key)?.unwrap_or(email),
            name: optional_text(&name)?,
            roles: text(&roles)?,
            limit_services: value::<Bool, _>(&limit_services)?,
            services: text(&services)?,
            created_at: value::<Timestamp, _>(&created_at)?,
            updated_at: value::<Timestamp, _>(&updated_at)?,
            sent_at: value::<Timestamp, _>(&sent_at)?,
        };
        Ok(Self { place, stored, overdue, listed: Some(row.into()) })
    }
}

fn optional<'f, ST, T: FromSql<ST, Pg>>(field: &impl Field<'f, Pg>) -> Result<Option<T>> {
    field.value().map(T::from_sql).transpose()
}

fn value<'f, ST, T: FromSql<ST, Pg>>(field: &impl Field<'f, Pg>) -> Result<T> {
    T::from_nullable_sql(field.value())
}

fn optional_text<'v, 'f>(field: &'v impl Field<'f, Pg>) -> Result<Option<&'v str>> {
    Ok(field.value().map(|value| from_utf8(value.as_bytes())).transpose()?)
}

fn text<'v, 'f>(field: &'v impl Field<'f, Pg>) -> Result<&'v str> {
    optional_text(field)?.ok_or_else(|| "a column is empty".into())
}
