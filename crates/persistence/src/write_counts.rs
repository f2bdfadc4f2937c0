//! The count of a person's writes: one statement outside of any unit.

use chrono::NaiveDateTime;
use diesel::{
    backend::Backend,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{BigInt, HasSqlType, Timestamp},
};
use usher_domain::{access_token::Scope, principal::Credential, quota::Window};

use crate::{
    connection::AnyConnection,
    schema::{access_token, person},
};

/// Counts one more write; answers the window that it was counted in, and how many they are there.
///
/// On PostgreSQL nothing limits the wait for a lock, because a setting would cost a round trip: the row's lock is held
/// by no more than another such statement, and the person's row is only waited for while its unit, which has limits
/// (see [`crate::dialect::begin`]), deletes it.
pub(crate) fn count(
    connection: &mut AnyConnection,
    credential: &Credential,
    window: Window,
    now: NaiveDateTime,
) -> QueryResult<Option<(NaiveDateTime, i64)>> {
    let next = window.ends_at.naive_utc();
    let one_in_window = (window.begins_at.naive_utc().into_sql::<Timestamp>(), 1_i64.into_sql::<BigInt>());
    let counts: Vec<(NaiveDateTime, i64)> = match credential {
        Credential::Principal(principal) => {
            let known = person::table.filter(person::email_key.eq(principal.email.key()));
            Count { found: known.select((person::id, one_in_window)), next }.load(connection)?
        }
        Credential::AccessToken(digest) => {
            let endless = access_token::expires_at.is_null();
            let live = access_token::table
                .filter(access_token::digest.eq(digest.as_str()))
                .filter(access_token::scope.eq(Scope::Global.as_str()))
                .filter(access_token::revoked_at.is_null())
                .filter(endless.or(access_token::expires_at.gt(now)));
            Count { found: live.select((access_token::person_id, one_in_window)), next }.load(connection)?
        }
    };
    // All rows, though there is one at most: SQLite commits when it is asked for the next, and says there whether it
    // could.
    Ok(counts.into_iter().next())
}

/// Writes the rows of person, window and one that a query finds, or adds them to what is there. Diesel has no such
/// statement for both databases. SQLite needs the query to have a WHERE, or takes ON for a part of a join.
#[derive(QueryId)]
struct Count<Found> {
    found: Found,
    /// When the window after the one of the rows begins.
    next: NaiveDateTime,
}

impl<Found> Query for Count<Found> {
    type SqlType = (Timestamp, BigInt);
}

impl<Found> RunQueryDsl<AnyConnection> for Count<Found> {}

impl<DB, Found> QueryFragment<DB> for Count<Found>
where
    DB: Backend + HasSqlType<Timestamp>,
    NaiveDateTime: ToSql<Timestamp, DB>,
    Found: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("INSERT INTO write_count (person_id, window_start, writes) ");
        self.found.walk_ast(out.reborrow())?;
        out.push_sql(" ON CONFLICT (person_id) DO UPDATE SET writes = CASE WHEN ");
        self.counts_on(out.reborrow())?;
        out.push_sql(" THEN write_count.writes + 1 ELSE 1 END, window_start = CASE WHEN ");
        self.counts_on(out.reborrow())?;
        out.push_sql(
            " THEN write_count.window_start ELSE excluded.window_start END RETURNING window_start, writes",
        );
        Ok(())
    }
}

impl<Found> Count<Found> {
    /// Whether what is there is of the same window, or of the next one.
    fn counts_on<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<Timestamp>,
        NaiveDateTime: ToSql<Timestamp, DB>,
    {
        out.push_sql("write_count.window_start IN (excluded.window_start, ");
        out.push_bind_param::<Timestamp, _>(&self.next)?;
        out.push_sql(")");
        Ok(())
    }
}
