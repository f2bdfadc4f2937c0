//! Rows of lists of open invitations.

use diesel::{
    dsl::SqlTypeOf,
    pg::Pg,
    prelude::*,
    sql_types::{BigInt, Bool, Nullable},
};
use usher_domain::port::store::Order;

use crate::rows::OpenInvitationRow;

/// A row of the list at a position, from 1. An empty list has one row without an invitation.
#[derive(Queryable)]
pub(crate) struct Found {
    pub(crate) place: i64,
    /// How many the account has stored as pending.
    pub(crate) stored: i64,
    /// Whether any, of whichever account, are stored as pending although their time is over.
    pub(crate) overdue: bool,
    pub(crate) listed: Option<OpenInvitationRow>,
}

impl Found {
    /// Grows in the order of the lists and of what is in them.
    pub(super) fn order(&self, order: Order) -> (i64, i64) {
        let number = self.listed.as_ref().map_or(0, |listed| listed.id);
        (self.place, if order == Order::OldestFirst { number } else { -number })
    }
}

/// The SQL types of [`Found`].
pub(super) type FoundColumns =
    (BigInt, BigInt, Bool, Nullable<SqlTypeOf<<OpenInvitationRow as Selectable<Pg>>::SelectExpression>>);
