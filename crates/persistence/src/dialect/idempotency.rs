use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Nullable, Text, Timestamp},
};
use usher_domain::{id::AccountId, idempotency::NewKey};

use crate::connection::{AnyConnection, MultiBackend};

/// Takes a key without an answer, or with an answer of `stale` or earlier. Returns whether it was taken.
///
/// On PostgreSQL an advisory lock of the transaction tells, without waiting, whether another unit has the key. The lock
/// alone is not enough: this unit may take its snapshot before the other unit ends, and the lock afterwards. Then the
/// row that the snapshot does not show causes a serialization failure before any work is done. On SQLite no other unit
/// writes at the same time.
pub(crate) fn take_key(
    connection: &mut AnyConnection,
    key: &NewKey,
    stale: NaiveDateTime,
) -> QueryResult<bool> {
    let lock = match connection {
        AnyConnection::Postgres(_) => Some(key.digest.number()),
        AnyConnection::Sqlite(_) => None,
    };
    let take = TakeKey {
        digest: key.digest.to_hex(),
        request: key.request.as_str().to_owned(),
        account: key.account.map(AccountId::get),
        created_at: key.created_at.naive_utc(),
        stale,
        lock,
    };
    Ok(take.execute(connection)? == 1)
}

/// Diesel has no such statement for both databases. The SELECT needs a WHERE, because SQLite would otherwise read ON as part of
/// a join.
#[derive(QueryId)]
struct TakeKey {
    digest: String,
    request: String,
    account: Option<i64>,
    created_at: NaiveDateTime,
    stale: NaiveDateTime,
    /// The number of PostgreSQL's advisory lock.
    lock: Option<i64>,
}

impl RunQueryDsl<AnyConnection> for TakeKey {}

impl QueryFragment<MultiBackend> for TakeKey {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO idempotency_key (digest, request, account_id, created_at, status, body) SELECT ",
        );
        out.push_bind_param::<Text, _>(&self.digest)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.request)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<BigInt>, _>(&self.account)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamp, _>(&self.created_at)?;
        out.push_sql(", 0, '' WHERE ");
        match &self.lock {
            Some(number) => {
                out.push_sql("pg_try_advisory_xact_lock(");
                out.push_bind_param::<BigInt, _>(number)?;
                out.push_sql(")");
            }
            None => out.push_sql("true"),
        }
        out.push_sql(
            " ON CONFLICT (digest) DO UPDATE SET request = excluded.request, account_id = excluded.account_id, \
             created_at = excluded.created_at, status = 0, content_type = NULL, body = '' \
             WHERE idempotency_key.created_at <= ",
        );
        out.push_bind_param::<Timestamp, _>(&self.stale)
    }
}
