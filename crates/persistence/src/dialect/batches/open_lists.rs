use chrono::NaiveDateTime;
use diesel::{
    dsl::auto_type,
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Timestamp},
};

use usher_domain::port::store::Order;

use super::{
    open_list_row::{OpenListRow, OpenListRowSql},
    pg_statement::pg_statement,
};
use crate::{
    connection::AnyConnection,
    rows::OpenInvitationRow,
    schema::{Pending, invitation, open_count},
};

/// Where a part of an account's list of open invitations starts: after the invitation with a given public id or number,
/// or at the beginning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenListStart<'a> {
    pub(crate) account: i64,
    pub(crate) behind_public_id: Option<&'a str>,
    pub(crate) behind_id: Option<i64>,
}

/// The condition for the open invitations of an account between two numbers, excluding both. Pairs are compared, and lists
/// are ordered by both columns, so that `invitation_open` is the only index in that order. With `account_id = …`, the
/// planner, which makes one plan for all accounts, could choose the primary key, which is slow for an account with few
/// invitations.
macro_rules! open_between {
    ($account:expr, $lower:expr, $upper:expr) => {
        concat!(
            "(account_id, id) > (",
            $account,
            ", ",
            $lower,
            ") AND (account_id, id) < (",
            $account,
            ", ",
            $upper,
            ") AND status = 'pending' AND expires_at > "
        )
    };
}

/// The statement for lists in one order. Each list costs a look-up in `unique_invitation_public_id` and one in each table of
/// the count, then one step in `invitation_open` per row. `OFFSET 0` keeps PostgreSQL from computing the count per row. The
/// overdue ones are the account's first entries of `invitation_overdue_of_account`.
///
/// The steps in `invitation_open` include overdue invitations and those that the sweep has expired lately. When nearly all of an
/// account's invitations end together, these may be hundreds of thousands, so the statement does not begin them if at least
/// [`MANY`] invitations are overdue and fewer are open.
macro_rules! open_lists_statement {
    ($name:ident, $lower:expr, $upper:expr, $direction:literal) => {
        pg_statement! {
            struct $name<'a> -> OpenListRowSql;
            "SELECT wanted.place, counted.stored, counted.overdue, counted.mostly_overdue, COALESCE(wanted.number, behind.id), \
                listed.* FROM (SELECT ",
            now: NaiveDateTime as Timestamp,
            "::timestamp AS now) AS moment CROSS JOIN unnest(",
            accounts: Vec<i64> as Array<BigInt>, "::bigint[], ",
            after: Vec<Option<&'a str>> as Array<Nullable<Text>>,
            "::text[], ",
            numbers: Vec<Option<i64>> as Array<Nullable<BigInt>>,
            concat!(
                "::bigint[]) WITH ORDINALITY AS wanted (account_id, after, number, place) \
                 LEFT JOIN invitation AS behind ON behind.account_id = wanted.account_id AND behind.public_id = wanted.after \
                 CROSS JOIN LATERAL (SELECT ended.overdue, ended.overdue >= 1000 \
                    AND NOT EXISTS (SELECT FROM invitation WHERE account_id = wanted.account_id AND closed_at IS NULL \
                        AND expires_at > moment.now ORDER BY account_id, expires_at OFFSET 999) AS mostly_overdue, \
                    COALESCE((SELECT invitations FROM open_count WHERE account_id = wanted.account_id), 0) \
                    + COALESCE((SELECT sum(change) FROM open_change WHERE account_id = wanted.account_id), 0)::bigint \
                    AS stored FROM (SELECT (SELECT count(*) FROM (SELECT FROM invitation \
                        WHERE account_id = wanted.account_id AND closed_at IS NULL AND expires_at <= moment.now \
                        ORDER BY account_id, expires_at LIMIT 1000) AS first_ended) AS overdue OFFSET 0) AS ended \
                    OFFSET 0) AS counted \
                 LEFT JOIN LATERAL (SELECT id, public_id, secure_id, email, email_key, name, roles, limit_services, services, created_at, updated_at, \
                    sent_at FROM invitation WHERE ",
                open_between!("wanted.account_id", $lower, $upper),
                "moment.now AND NOT counted.mostly_overdue ORDER BY account_id ", $direction, ", id ", $direction, " LIMIT "
            ),
            limit: i64 as BigInt,
            ") AS listed ON true WHERE wanted.after IS NULL OR behind.id IS NOT NULL"
        }
    };
}

open_lists_statement!(OldestFirst, "COALESCE(wanted.number, behind.id, 0)", "9223372036854775807", "ASC");
open_lists_statement!(NewestFirst, "0", "COALESCE(wanted.number, behind.id, 9223372036854775807)", "DESC");

/// The statement for the number of the open invitation at an offset. It takes as many steps in `invitation_open`, which
/// contains all columns that the statement needs.
macro_rules! nth_open_id_statement {
    ($name:ident, $direction:literal) => {
        pg_statement! {
            struct $name -> BigInt;
            "SELECT id FROM (SELECT ", account: i64 as BigInt, concat!(
                "::bigint AS account_id) AS wanted, LATERAL (SELECT id FROM invitation WHERE ",
                open_between!("wanted.account_id", "0", "9223372036854775807")
            ),
            now: NaiveDateTime as Timestamp,
            concat!(" ORDER BY account_id ", $direction, ", id ", $direction, " LIMIT 1 OFFSET "),
            offset: i64 as BigInt,
            ") AS nth"
        }
    };
}

nth_open_id_statement!(NthOldest, "ASC");
nth_open_id_statement!(NthNewest, "DESC");

/// The number of the invitation after `offset` others, among those open at `now`, in the given order.
pub(crate) fn nth_open_id(
    connection: &mut AnyConnection,
    account: i64,
    now: NaiveDateTime,
    offset: i64,
    order: Order,
) -> QueryResult<Option<i64>> {
    match (connection, order) {
        (AnyConnection::Postgres(connection), Order::OldestFirst) => {
            NthOldest { account, now, offset }.get_result(connection).optional()
        }
        (AnyConnection::Postgres(connection), Order::NewestFirst) => {
            NthNewest { account, now, offset }.get_result(connection).optional()
        }
        (AnyConnection::Sqlite(connection), order) => {
            let nth = open(account, now).select(invitation::id).limit(1).offset(offset);
            match order {
                Order::OldestFirst => nth.order(invitation::id).get_result(connection).optional(),
                Order::NewestFirst => nth.order(invitation::id.desc()).get_result(connection).optional(),
            }
        }
    }
}

/// From this number on, an account's overdue invitations are many. The statements contain it.
pub(crate) const MANY: i64 = 1000;

/// For each list, in the given order, up to `limit` rows of those open at `now`.
pub(crate) fn open_list_rows(
    connection: &mut AnyConnection,
    starts: &[OpenListStart<'_>],
    now: NaiveDateTime,
    limit: i64,
    order: Order,
) -> QueryResult<Vec<OpenListRow>> {
    match connection {
        AnyConnection::Postgres(connection) => {
            let accounts = starts.iter().map(|start| start.account).collect();
            let after = starts.iter().map(|start| start.behind_public_id).collect();
            let numbers = starts.iter().map(|start| start.behind_id).collect();
            let mut all: Vec<OpenListRow> = match order {
                Order::OldestFirst => {
                    OldestFirst { now, accounts, after, numbers, limit }.load(connection)?
                }
                Order::NewestFirst => {
                    NewestFirst { now, accounts, after, numbers, limit }.load(connection)?
                }
            };
            // PostgreSQL returns them in this order, but does not promise it. Checking here costs less than ORDER BY there.
            if !all.is_sorted_by_key(|row| row.sort_key(order)) {
                all.sort_by_key(|row| row.sort_key(order));
            }
            Ok(all)
        }
        AnyConnection::Sqlite(connection) => {
            let mut all = Vec::new();
            for (list, start) in (1..).zip(starts) {
                let overdue = overdue(connection, start.account, now)?;
                let behind = match start.behind_public_id {
                    None => start.behind_id,
                    Some(public_id) => match number_of(connection, start.account, public_id)? {
                        None => continue,
                        named => named,
                    },
                };
                let mostly_overdue = overdue >= MANY && has_few_open(connection, start.account, now)?;
                let rows = if mostly_overdue {
                    Vec::new()
                } else {
                    rows_behind(connection, (start.account, behind), now, limit, order)?
                };
                let stored_count = open_count::table.find(start.account).select(open_count::invitations);
                let stored_count = stored_count.get_result(connection).optional()?.unwrap_or_default();
                let row = |invitation| OpenListRow {
                    list,
                    stored_count,
                    overdue,
                    mostly_overdue,
                    behind,
                    invitation,
                };
                if rows.is_empty() {
                    all.push(row(None));
                }
                all.extend(rows.into_iter().map(|invitation| row(Some(invitation))));
            }
            Ok(all)
        }
    }
}

/// The earliest end of an account's invitations that are stored as pending.
#[auto_type(no_type_alias)]
pub(crate) fn earliest_end(account: i64) -> _ {
    invitation::table
        .filter(invitation::account_id.eq(account))
        .filter(invitation::closed_at.is_null())
        .order((invitation::account_id, invitation::expires_at))
        .limit(1_i64)
        .select(invitation::expires_at)
}

#[auto_type(no_type_alias)]
fn open(account: i64, now: NaiveDateTime) -> _ {
    invitation::table
        .filter(invitation::account_id.eq(account))
        .filter(invitation::status.eq(Pending))
        .filter(invitation::expires_at.gt(now))
}

/// The open invitations of an account, in the order of their ends. Use it when they are few.
#[auto_type(no_type_alias)]
pub(crate) fn open_by_end(account: i64, now: NaiveDateTime) -> _ {
    invitation::table
        .filter(invitation::account_id.eq(account))
        .filter(invitation::closed_at.is_null())
        .filter(invitation::expires_at.gt(now))
        .order((invitation::account_id, invitation::expires_at))
}

/// The number of overdue invitations of an account, up to [`MANY`].
fn overdue(connection: &mut SqliteConnection, account: i64, now: NaiveDateTime) -> QueryResult<i64> {
    let overdue: Vec<i64> = invitation::table
        .filter(invitation::account_id.eq(account))
        .filter(invitation::closed_at.is_null())
        .filter(invitation::expires_at.le(now))
        .order((invitation::account_id, invitation::expires_at))
        .limit(MANY)
        .select(invitation::account_id)
        .load(connection)?;
    Ok(i64::try_from(overdue.len()).unwrap_or(MANY))
}

/// Whether an account has fewer than [`MANY`] open invitations.
fn has_few_open(connection: &mut SqliteConnection, account: i64, now: NaiveDateTime) -> QueryResult<bool> {
    let open = open_by_end(account, now).limit(MANY).select(invitation::account_id);
    let open: Vec<i64> = open.load(connection)?;
    Ok(i64::try_from(open.len()).is_ok_and(|open| open < MANY))
}

/// The number of the account's invitation with this public id.
fn number_of(connection: &mut SqliteConnection, account: i64, public_id: &str) -> QueryResult<Option<i64>> {
    let named = invitation::table
        .filter(invitation::account_id.eq(account))
        .filter(invitation::public_id.eq(public_id))
        .select(invitation::id);
    named.get_result(connection).optional()
}

/// The account's rows behind a number, or from the beginning.
fn rows_behind(
    connection: &mut SqliteConnection,
    (account, behind): (i64, Option<i64>),
    now: NaiveDateTime,
    limit: i64,
    order: Order,
) -> QueryResult<Vec<OpenInvitationRow>> {
    let open = open(account, now).limit(limit).select(OpenInvitationRow::as_select());
    match order {
        Order::OldestFirst => {
            open.filter(invitation::id.gt(behind.unwrap_or(0))).order(invitation::id).load(connection)
        }
        Order::NewestFirst => open
            .filter(invitation::id.lt(behind.unwrap_or(i64::MAX)))
            .order(invitation::id.desc())
            .load(connection),
    }
}
