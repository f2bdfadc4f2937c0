//! Lists of open invitations, and their counts.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    Timestamp,
    account::PublicId,
    id::AccountId,
    invitation::OpenInvitation,
    port::store::{OpenList, OpenPart, Order, Page},
};

use crate::{
    connection::AnyConnection,
    dialect::{self, OpenListRow, OpenListStart},
    rows::OpenInvitationRow,
    schema::{invitation, open_change, open_count},
};

/// The part of each list, in the given order. Lists with the same limit and order share a statement.
pub(super) fn parts(
    connection: &mut AnyConnection,
    now: Timestamp,
    lists: &[OpenList<'_>],
) -> QueryResult<Vec<Option<OpenPart>>> {
    let mut kinds: HashMap<(u32, Order), Vec<usize>> = HashMap::new();
    for (index, list) in lists.iter().enumerate() {
        kinds.entry((list.limit, list.order)).or_default().push(index);
    }
    let mut parts: Vec<Option<OpenPart>> = lists.iter().map(|_| None).collect();
    for ((limit, order), places) in kinds {
        let of_kind: Vec<&OpenList<'_>> = places.iter().filter_map(|place| lists.get(*place)).collect();
        let found = of_one_kind(connection, now, &of_kind, limit, order)?;
        for (place, part) in places.into_iter().zip(found) {
            if let Some(slot) = parts.get_mut(place) {
                *slot = part;
            }
        }
    }
    Ok(parts)
}

fn of_one_kind(
    connection: &mut AnyConnection,
    now: Timestamp,
    lists: &[&OpenList<'_>],
    limit: u32,
    order: Order,
) -> QueryResult<Vec<Option<OpenPart>>> {
    let starts: Vec<OpenListStart<'_>> = lists
        .iter()
        .map(|list| OpenListStart {
            account: list.account.get(),
            behind_public_id: list.after.map(PublicId::as_str),
            behind_id: None,
        })
        .collect();
    // One row more than the limit tells whether the list goes on.
    let found = dialect::open_list_rows(connection, &starts, now.naive_utc(), i64::from(limit) + 1, order)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut found = found.into_iter().peekable();
    let mut parts = Vec::with_capacity(lists.len());
    for (position, list) in (1..).zip(lists) {
        let Some(first) = found.next_if(|row| row.list == position) else {
            parts.push(None);
            continue;
        };
        if first.mostly_overdue {
            let (open, rows) = few_open(connection, list.account.get(), now.naive_utc(), &first, order)?;
            let more = rows.len() > limit;
            let count = u64::try_from(open).unwrap_or(u64::MAX);
            let invitations = readable(rows.into_iter().take(limit)).collect();
            parts.push(Some(OpenPart { count, invitations, more }));
            continue;
        }
        // Read by one statement, so that the sum is right while the worker settles the counts and expires invitations.
        let count = if first.overdue < dialect::MANY {
            first.stored_count - first.overdue
        } else {
            count_open(connection, list.account.get(), now.naive_utc())?
        };
        let count = u64::try_from(count).unwrap_or_default();
        let mut invitations = Vec::with_capacity(limit.min(found.len() + 1));
        let rows = std::iter::once(first.invitation);
        let rows =
            rows.chain(std::iter::from_fn(|| Some(found.next_if(|row| row.list == position)?.invitation)));
        let mut rows = rows.flatten();
        invitations.extend(readable(rows.by_ref().take(limit)));
        parts.push(Some(OpenPart { count, invitations, more: rows.count() > 0 }));
    }
    Ok(parts)
}

/// The number of open invitations of an account that has few, and those of its list, which is mostly overdue.
fn few_open(
    connection: &mut AnyConnection,
    account: i64,
    now: NaiveDateTime,
    list: &OpenListRow,
    order: Order,
) -> QueryResult<(usize, Vec<OpenInvitationRow>)> {
    let open = dialect::open_by_end(account, now).select(OpenInvitationRow::as_select());
    let mut rows: Vec<OpenInvitationRow> = open.load(connection)?;
    let count = rows.len();
    rows.sort_unstable_by_key(|row| row.id);
    match order {
        Order::OldestFirst => rows.retain(|row| list.behind.is_none_or(|behind| row.id > behind)),
        Order::NewestFirst => {
            rows.reverse();
            rows.retain(|row| list.behind.is_none_or(|behind| row.id < behind));
        }
    }
    Ok((count, rows))
}

/// The invitations that can be read. The log names the others.
fn readable(rows: impl Iterator<Item = OpenInvitationRow>) -> impl Iterator<Item = OpenInvitation> {
    rows.filter_map(|row| {
        OpenInvitation::try_from(row).inspect_err(|error| tracing::error!(%error, "a row was skipped")).ok()
    })
}

/// The number of open invitations: those stored as pending, minus the overdue ones that the worker has not expired yet.
/// There are few overdue ones, and usually none.
pub(super) fn count(connection: &mut AnyConnection, now: Timestamp, account: AccountId) -> QueryResult<u64> {
    let settled: Option<i64> = open_count::table
        .find(account.get())
        .select(open_count::invitations)
        .get_result(connection)
        .optional()?;
    let changes: Vec<i64> = open_change::table
        .filter(open_change::account_id.eq(account.get()))
        .select(open_change::change)
        .load(connection)?;
    let earliest_end: Option<NaiveDateTime> =
        dialect::earliest_end(account.get()).get_result(connection).optional()?;
    let stored = settled.unwrap_or_default() + changes.into_iter().sum::<i64>();
    let any_overdue = earliest_end.is_some_and(|end| end <= now.naive_utc());
    let count = if any_overdue { without_overdue(connection, account, now, stored)? } else { stored };
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The part of a list at an offset.
pub(super) fn page(
    connection: &mut AnyConnection,
    now: Timestamp,
    account: AccountId,
    page: Page,
) -> QueryResult<Vec<OpenInvitation>> {
    // Both databases limit numbers to 64 bits with a sign.
    let (limit, offset) =
        (page.limit.map_or(i64::MAX, i64::from), i64::try_from(page.offset).unwrap_or(i64::MAX));
    let (account, now) = (account.get(), now.naive_utc());
    let behind_id = match offset {
        0 => None,
        _ => match dialect::nth_open_id(connection, account, now, offset, page.order)? {
            // A part starts after a number, so the first row's own number must not be excluded.
            Some(first) if page.order == Order::OldestFirst => Some(first - 1),
            Some(first) => Some(first + 1),
            None => return Ok(Vec::new()),
        },
    };
    let starts = [OpenListStart { account, behind_public_id: None, behind_id }];
    let found = dialect::open_list_rows(connection, &starts, now, limit, page.order)?;
    if let Some(list) = found.first().filter(|list| list.mostly_overdue) {
        let (_, rows) = few_open(connection, account, now, list, page.order)?;
        return Ok(readable(rows.into_iter().take(usize::try_from(limit).unwrap_or(usize::MAX))).collect());
    }
    Ok(readable(found.into_iter().filter_map(|row| row.invitation)).collect())
}

/// The number of open invitations of an account with overdue ones, given the number of those stored as pending. If many are
/// overdue, the open ones are counted instead: either may be many while the sweep works through many expiries.
fn without_overdue(
    connection: &mut AnyConnection,
    account: AccountId,
    now: Timestamp,
    stored: i64,
) -> QueryResult<i64> {
    let (account, now) = (account.get(), now.naive_utc());
    let overdue: Vec<i64> = invitation::table
        .filter(invitation::account_id.eq(account))
        .filter(invitation::closed_at.is_null())
        .filter(invitation::expires_at.le(now))
        .limit(dialect::MANY)
        .select(invitation::account_id)
        .load(connection)?;
    let overdue = i64::try_from(overdue.len()).unwrap_or(i64::MAX);
    if overdue < dialect::MANY {
        return Ok(stored - overdue);
    }
    count_open(connection, account, now)
}

fn count_open(connection: &mut AnyConnection, account: i64, now: NaiveDateTime) -> QueryResult<i64> {
    invitation::table
        .filter(invitation::account_id.eq(account))
        .filter(invitation::closed_at.is_null())
        .filter(invitation::expires_at.gt(now))
        .count()
        .get_result(connection)
}
