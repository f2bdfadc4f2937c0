use chrono::NaiveDateTime;
use diesel::{
    declare_sql_function,
    dsl::auto_type,
    prelude::*,
    sql_types::{Nullable, Timestamp},
};

use crate::{
    connection::AnyConnection,
    schema::{Queued, mail},
};

#[declare_sql_function]
extern "SQL" {
    /// The first value, or the second one if the first is NULL.
    fn coalesce(first: Nullable<Timestamp>, second: Timestamp) -> Timestamp;
}

/// The moment from which a queued mail can be claimed, spelled as in the index `mail_claimable`. A lease ends after the mail
/// was due.
#[auto_type]
pub(crate) fn claimable_from() -> _ {
    coalesce(mail::lease_until, mail::due_at)
}

/// The queued mails that can be claimed at `now`, in the order in which they became claimable.
#[auto_type(no_type_alias)]
fn free_mails(now: NaiveDateTime, limit: i64) -> _ {
    mail::table
        .filter(mail::state.eq(Queued))
        .filter(claimable_from().le(now))
        .order((claimable_from(), mail::id))
        .limit(limit)
        .select(mail::id)
}

/// The numbers of up to `limit` mails that can be claimed at `now`, in the order in which they became claimable.
///
/// On PostgreSQL the rows are locked, and rows that another worker has locked are skipped, so that workers get different mails
/// instead of waiting for each other. On SQLite no other unit writes at the same time.
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
