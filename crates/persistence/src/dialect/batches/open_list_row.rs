use diesel::{
    dsl::SqlTypeOf,
    pg::Pg,
    prelude::*,
    sql_types::{BigInt, Bool, Nullable},
};
use usher_domain::port::store::Order;

use crate::rows::OpenInvitationRow;

/// A row of one of several lists. An empty list has one row without an invitation.
#[derive(Queryable)]
pub(crate) struct OpenListRow {
    /// The position of the list among those that were requested, from 1.
    pub(crate) list: i64,
    /// The number of invitations of the account that are stored as pending.
    pub(crate) stored_count: i64,
    /// How many of these have expired, up to [`MANY`](super::MANY).
    pub(crate) overdue: i64,
    /// Whether the account has many of these and few open invitations. Then the list is read in another way, and has one row
    /// without an invitation.
    pub(crate) mostly_overdue: bool,
    /// The number of the invitation behind which the list starts.
    pub(crate) behind: Option<i64>,
    pub(crate) invitation: Option<OpenInvitationRow>,
}

/// The SQL types of [`OpenListRow`].
pub(super) type OpenListRowSql = (
    BigInt,
    BigInt,
    BigInt,
    Bool,
    Nullable<BigInt>,
    Nullable<SqlTypeOf<<OpenInvitationRow as Selectable<Pg>>::SelectExpression>>,
);

impl OpenListRow {
    /// Ascends over the lists, and over the rows of each list in its order.
    pub(super) fn sort_key(&self, order: Order) -> (i64, i64) {
        let number = self.invitation.as_ref().map_or(0, |invitation| invitation.id);
        (self.list, if order == Order::OldestFirst { number } else { -number })
    }
}
