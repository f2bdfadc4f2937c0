use chrono::NaiveDateTime;
use diesel::{QueryDsl as _, QueryResult, RunQueryDsl as _, prelude::*};

use super::claimable_from;
use crate::{
    connection::AnyConnection,
    schema::{Dead, Queued, mail, open_change},
};

/// The number of queued mails that can be claimed at `now`, up to `most`. Diesel cannot count the rows of a limited query, so
/// the rows are counted here.
pub(crate) fn due_mails(connection: &mut AnyConnection, now: NaiveDateTime, most: u32) -> QueryResult<u32> {
    let due = mail::table.filter(mail::state.eq(Queued)).filter(claimable_from().le(now));
    let due = due.order(claimable_from()).limit(most.into()).select(mail::id);
    Ok(counted(due.load::<i64>(connection)?.len()))
}

/// The number of mails that were given up, up to `most`.
pub(crate) fn dead_mails(connection: &mut AnyConnection, most: u32) -> QueryResult<u32> {
    let dead = mail::table.filter(mail::state.eq(Dead)).order(mail::id).limit(most.into()).select(mail::id);
    Ok(counted(dead.load::<i64>(connection)?.len()))
}

/// The number of rows in `open_change`, up to `most`. On SQLite the table is always empty: see the migration.
pub(crate) fn unsettled_changes(connection: &mut AnyConnection, most: u32) -> QueryResult<u32> {
    let changes = open_change::table.order(open_change::account_id).limit(most.into());
    let changes = changes.select(open_change::account_id);
    match connection {
        AnyConnection::Postgres(connection) => Ok(counted(changes.load::<i64>(connection)?.len())),
        AnyConnection::Sqlite(_) => Ok(0),
    }
}

fn counted(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
