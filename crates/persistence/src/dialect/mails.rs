use chrono::NaiveDateTime;
use diesel::{dsl::auto_type, prelude::*};

use crate::{
    connection::AnyConnection,
    schema::{Queued, mail},
};

/// The queued mails that nobody holds at `now`, the earliest due first.
#[auto_type(no_type_alias)]
fn free_mails(now: NaiveDateTime, limit: i64) -> _ {
    let unheld = mail::lease_until.is_null().or(mail::lease_until.le(now));
    mail::table
        .filter(mail::state.eq(Queued))
        .filter(mail::due_at.le(now))
        .filter(unheld)
        .order((mail::due_at, mail::id))
        .limit(limit)
        .select(mail::id)
}

/// The numbers of up to `limit` mails that can be claimed at `now`, the earliest due first.
///
/// On PostgreSQL they are locked, and those that another worker is about to take are passed over, so that workers get
/// different mails instead of waiting for each other. On SQLite the unit is the only one that writes.
pub(crate) fn claimable_mails(
    connection: &mut AnyConnection,
    now: NaiveDateTime,
    limit: i64,
) -> QueryResult<Vec<i64>> {
    match connection {
        AnyConnection::Postgres(connection) => {
            free_mails(now, limit).for_update().skip_locked().load(connection)
        }
        AnyConnection::Sqlite(connection) => free_mails(now, limit).load(connection),
    }
}
