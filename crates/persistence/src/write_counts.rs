//! The count of a person's writes: one statement outside of any unit.

use chrono::NaiveDateTime;
use diesel::{
    backend::Backend,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Timestamp},
};
use usher_domain::principal::Credential;

use crate::{
    connection::AnyConnection,
    schema::{access_token, person},
};

/// Counts one more write, and answers how many they are in the person's window.
///
/// A window that is older than the stored one is that of a replica whose clock is behind: its write counts in the newer
/// one, for beginning the older one anew would give the same numbers twice.
///
/// On PostgreSQL nothing limits the wait for a lock, because a setting would cost a round trip: the row's lock is held
/// by no more than another such statement, and the person's row is only waited for while its unit, which has limits
/// (see [`crate::dialect::begin`]), deletes it.
pub(crate) fn count(
    connection: &mut AnyConnection,
    credential: &Credential,
    window: NaiveDateTime,
    now: NaiveDateTime,
) -> QueryResult<Option<i64>> {
    let one_in_window = (window.into_sql::<Timestamp>(), 1_i64.into_sql::<BigInt>());
    let counts: Vec<i64> = match credential {
        Credential::Principal(principal) => {
            let known = person::table.filter(person::email_key.eq(principal.email.key()));
            Count(known.select((person::id, one_in_window))).load(connection)?
        }
        Credential::AccessToken(digest) => {
            let endless = access_token::expires_at.is_null();
            let live = access_token::table
                .filter(access_token::digest.eq(digest.as_str()))
                .filter(access_token::revoked_at.is_null())
                .filter(endless.or(access_token::expires_at.gt(now)));
            Count(live.select((access_token::person_id, one_in_window))).load(connection)?
        }
    };
    // All rows, though there is one at most: SQLite commits when it is asked for the next, and says there whether it
    // could.
    Ok(counts.into_iter().next())
}

/// Writes the rows of person, window and one that a query finds, or adds them to what is there. Diesel has no such
/// statement for both databases. SQLite needs the query to have a WHERE, or takes ON for a part of a join.
#[derive(QueryId)]
struct Count<Found>(Found);

impl<Found> Query for Count<Found> {
    type SqlType = BigInt;
}

impl<Found> RunQueryDsl<AnyConnection> for Count<Found> {}

impl<DB: Backend, Found: QueryFragment<DB>> QueryFragment<DB> for Count<Found> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("INSERT INTO write_count (person_id, window_start, writes) ");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(
            " ON CONFLICT (person_id) DO UPDATE SET
                writes = CASE WHEN write_count.window_start < excluded.window_start THEN 1
                    ELSE write_count.writes + 1 END,
                window_start = CASE WHEN write_count.window_start < excluded.window_start
                    THEN excluded.window_start ELSE write_count.window_start END
             RETURNING writes",
        );
        Ok(())
    }
}
