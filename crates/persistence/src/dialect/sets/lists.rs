use chrono::NaiveDateTime;
use diesel::{
    dsl::{auto_type, min},
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Timestamp},
};

use usher_domain::port::store::Order;

use super::{
    hand_written,
    listed_rows::{Found, FoundColumns},
};
use crate::{
    connection::AnyConnection,
    rows::OpenInvitationRow,
    schema::{Pending, invitation, open_count},
};

/// Part of a list of open invitations: of an account, behind an invitation of that public id or that number, or the first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) account: i64,
    pub(crate) after: Option<&'a str>,
    pub(crate) number: Option<i64>,
}

/// The open invitations of an account between two numbers. The comparisons of pairs are always true: they tell the planner, who
/// makes one plan for all accounts, to walk through `invitation_open`, the one index that is in the order of both, and not through
/// the numbers of all accounts, which takes long for an account that has few of them.
macro_rules! open_between {
    ($account:expr, $lower:expr, $upper:expr) => {
        concat!(
            "account_id = ",
            $account,
            " AND id > ",
            $lower,
            " AND id < ",
            $upper,
            " AND (account_id, id) > (",
            $account,
            ", 0) AND (account_id, id) < (",
            $account,
            ", 9223372036854775807) AND status = 'pending' AND expires_at > "
        )
    };
}

/// What is asked in either order. For each list one look-up in `unique_invitation_public_id` and one in each table of the count,
/// then as many steps in `invitation_open` as there are rows, from the place where the part begins. The count is kept from being
/// computed for each row by `OFFSET 0`. Whether anything is overdue tells the first entry of `invitation_overdue`, once for
/// all.
macro_rules! open_parts {
    ($name:ident, $lower:expr, $upper:expr, $direction:literal) => {
        hand_written! {
            struct $name<'a> -> FoundColumns;
            "SELECT wanted.place, counted.stored, counted.overdue, listed.* FROM (SELECT ",
            now: NaiveDateTime as Timestamp,
            "::timestamp AS now) AS moment CROSS JOIN unnest(",
            accounts: Vec<i64> as Array<BigInt>, "::bigint[], ",
            after: Vec<Option<&'a str>> as Array<Nullable<Text>>,
            "::text[], ",
            numbers: Vec<Option<i64>> as Array<Nullable<BigInt>>,
            concat!(
                "::bigint[]) WITH ORDINALITY AS wanted (account_id, after, number, place) \
                 LEFT JOIN invitation AS behind ON behind.account_id = wanted.account_id AND behind.public_id = wanted.after \
                 CROSS JOIN LATERAL (SELECT \
                    COALESCE((SELECT min(expires_at) FROM invitation WHERE status = 'pending') <= moment.now, false) AS overdue, \
                    COALESCE((SELECT invitations FROM open_count WHERE account_id = wanted.account_id), 0) \
                    + COALESCE((SELECT sum(change) FROM open_change WHERE account_id = wanted.account_id), 0)::bigint \
                    AS stored OFFSET 0) AS counted \
                 LEFT JOIN LATERAL (SELECT id, public_id, secure_id, email, email_key, name, roles, limit_services, services, created_at, updated_at, \
                    sent_at FROM invitation WHERE ",
                open_between!("wanted.account_id", $lower, $upper),
                "moment.now ORDER BY id ", $direction, " LIMIT "
            ),
            limit: i64 as BigInt,
            ") AS listed ON true WHERE wanted.after IS NULL OR behind.id IS NOT NULL"
        }
    };
}

open_parts!(OldestFirst, "COALESCE(wanted.number, behind.id, 0)", "9223372036854775807", "ASC");
open_parts!(NewestFirst, "0", "COALESCE(wanted.number, behind.id, 9223372036854775807)", "DESC");

/// The number of the open invitation behind so many others: as many steps in `invitation_open`, which has all that is asked for.
macro_rules! open_nth {
    ($name:ident, $direction:literal) => {
        hand_written! {
            struct $name -> BigInt;
            "SELECT id FROM (SELECT ", account: i64 as BigInt, concat!(
                "::bigint AS account_id) AS wanted, LATERAL (SELECT id FROM invitation WHERE ",
                open_between!("wanted.account_id", "0", "9223372036854775807")
            ),
            now: NaiveDateTime as Timestamp,
            concat!(" ORDER BY id ", $direction, " LIMIT 1 OFFSET "),
            offset: i64 as BigInt,
            ") AS nth"
        }
    };
}

open_nth!(NthOldest, "ASC");
open_nth!(NthNewest, "DESC");

/// The number of the invitation behind `offset` others of those open at `now`, from the end that is named.
pub(crate) fn open_nth(
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

/// For each list, one after the other, up to `limit` rows of those open at `now`, from the end that is named.
pub(crate) fn open_parts(
    connection: &mut AnyConnection,
    wanted: &[Wanted<'_>],
    now: NaiveDateTime,
    limit: i64,
    order: Order,
) -> QueryResult<Vec<Found>> {
    match connection {
        AnyConnection::Postgres(connection) => {
            let accounts = wanted.iter().map(|wanted| wanted.account).collect();
            let after = wanted.iter().map(|wanted| wanted.after).collect();
            let numbers = wanted.iter().map(|wanted| wanted.number).collect();
            let mut all: Vec<Found> = match order {
                Order::OldestFirst => {
                    OldestFirst { now, accounts, after, numbers, limit }.load(connection)?
                }
                Order::NewestFirst => {
                    NewestFirst { now, accounts, after, numbers, limit }.load(connection)?
                }
            };
            // They come so anyway: to make sure costs less here than there.
            if !all.is_sorted_by_key(|found| found.order(order)) {
                all.sort_by_key(|found| found.order(order));
            }
            Ok(all)
        }
        AnyConnection::Sqlite(connection) => {
            let pending = invitation::table.filter(invitation::status.eq(Pending));
            let earliest_end: Option<NaiveDateTime> =
                pending.select(min(invitation::expires_at)).get_result(connection)?;
            let overdue = earliest_end.is_some_and(|end| end <= now);
            let mut all = Vec::new();
            for (place, wanted) in (1..).zip(wanted) {
                let Some(rows) = part(connection, wanted, now, limit, order)? else { continue };
                let stored = open_count::table.find(wanted.account).select(open_count::invitations);
                let stored = stored.get_result(connection).optional()?.unwrap_or_default();
                let found = |listed| Found { place, stored, overdue, listed };
                if rows.is_empty() {
                    all.push(found(None));
                }
                all.extend(rows.into_iter().map(|row| found(Some(row))));
            }
            Ok(all)
        }
    }
}

#[auto_type(no_type_alias)]
fn open(account: i64, now: NaiveDateTime) -> _ {
    invitation::table
        .filter(invitation::account_id.eq(account))
        .filter(invitation::status.eq(Pending))
        .filter(invitation::expires_at.gt(now))
}

/// The rows of a part; `None` when it should begin behind an invitation that the account never had.
fn part(
    connection: &mut SqliteConnection,
    wanted: &Wanted<'_>,
    now: NaiveDateTime,
    limit: i64,
    order: Order,
) -> QueryResult<Option<Vec<OpenInvitationRow>>> {
    let mut behind = wanted.number;
    if let Some(after) = wanted.after {
        let named = invitation::table
            .filter(invitation::account_id.eq(wanted.account))
            .filter(invitation::public_id.eq(after))
            .select(invitation::id);
        let Some(number) = named.get_result(connection).optional()? else { return Ok(None) };
        behind = Some(number);
    }
    let open = open(wanted.account, now).limit(limit).select(OpenInvitationRow::as_select());
    let rows = match order {
        Order::OldestFirst => {
            open.filter(invitation::id.gt(behind.unwrap_or(0))).order(invitation::id).load(connection)?
        }
        Order::NewestFirst => open
            .filter(invitation::id.lt(behind.unwrap_or(i64::MAX)))
            .order(invitation::id.desc())
            .load(connection)?,
    };
    Ok(Some(rows))
}
