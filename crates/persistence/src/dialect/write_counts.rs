use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::{
    backend::Backend,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{Array, BigInt, HasSqlType, Text, Timestamp},
};
use usher_domain::{access_token::Scope, port::store::Counting};
use usher_postgres::PostgresConnection;

use crate::connection::AnyConnection;

/// The kind of credential that a writer presented, which decides how the person is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CredentialKind {
    /// The key of an address.
    Address,
    /// The digest of an access token.
    TokenDigest,
}

/// One write: its position among the writes of one call, and the key of its writer's credential.
pub(crate) type Write<'a> = (i64, &'a str);

/// The position of a write, the window that it was counted in, and its number in that window.
pub(crate) type Counted = (i64, NaiveDateTime, i64);

/// Counts the writes whose writer is found.
///
/// On PostgreSQL this is one statement outside of any transaction. Its commit waits for no flush, because the table is
/// unlogged. It takes the rows in the order of the people, so that two such statements cannot deadlock. Its wait for a
/// lock has only the limit of the session: only another such statement can hold the lock of the count's row, and only a
/// unit that deletes the person can hold that of the person's row. Such a unit has limits (see [`super::begin`]). A
/// single write, the usual case, has a shorter statement, which is cheaper.
///
/// On SQLite, where a statement costs no round trip, it is one statement per writer.
pub(crate) fn count_writes(
    connection: &mut AnyConnection,
    kind: CredentialKind,
    writes: &[Write<'_>],
    counting: &Counting<'_>,
) -> QueryResult<Vec<Counted>> {
    let count = Count {
        kind,
        window: counting.window.begins_at.naive_utc(),
        next: counting.window.ends_at.naive_utc(),
        now: counting.now.naive_utc(),
    };
    match connection {
        AnyConnection::Postgres(connection) if writes.len() > 1 => {
            let (positions, keys) = writes.iter().copied().unzip();
            CountSeveral { count, positions, keys }.load(connection)
        }
        AnyConnection::Postgres(connection) => {
            one_statement_per_writer(count, writes, |one| one.load(connection))
        }
        AnyConnection::Sqlite(connection) => {
            one_statement_per_writer(count, writes, |one| one.load(connection))
        }
    }
}

fn one_statement_per_writer<'a>(
    count: Count,
    writes: &[Write<'a>],
    mut load: impl FnMut(CountOne<'a>) -> QueryResult<Vec<(NaiveDateTime, i64)>>,
) -> QueryResult<Vec<Counted>> {
    let mut of_keys: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for (position, key) in writes {
        of_keys.entry(key).or_default().push(*position);
    }
    let mut counted = Vec::with_capacity(writes.len());
    for (key, positions) in of_keys {
        let writes = i64::try_from(positions.len()).unwrap_or(i64::MAX);
        for (window, last) in load(CountOne { count, key, writes })? {
            let numbered = positions.iter().zip(last - writes + 1..);
            counted.extend(numbered.map(|(position, number)| (*position, window, number)));
        }
    }
    Ok(counted)
}

/// The common part of the statements.
#[derive(Clone, Copy)]
struct Count {
    kind: CredentialKind,
    /// The start of the window.
    window: NaiveDateTime,
    /// The start of the next window.
    next: NaiveDateTime,
    now: NaiveDateTime,
}

impl Count {
    fn person(&self) -> &'static str {
        match self.kind {
            CredentialKind::Address => "person.id",
            CredentialKind::TokenDigest => "access_token.person_id",
        }
    }

    /// The SQL for the rows of the people. The caller adds the value of its last comparison.
    fn people(&self) -> &'static str {
        match self.kind {
            CredentialKind::Address => "person WHERE person.email_key = ",
            CredentialKind::TokenDigest => "access_token WHERE access_token.digest = ",
        }
    }

    /// Leaves out access tokens that are no longer live or that may only read.
    fn and_may_write<'b, DB>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<Timestamp> + HasSqlType<Text>,
        NaiveDateTime: ToSql<Timestamp, DB>,
        str: ToSql<Text, DB>,
    {
        if self.kind == CredentialKind::TokenDigest {
            out.push_sql(" AND access_token.scope = ");
            out.push_bind_param::<Text, str>(Scope::Global.as_str())?;
            out.push_sql(" AND access_token.revoked_at IS NULL AND (access_token.expires_at IS NULL");
            out.push_sql(" OR access_token.expires_at > ");
            out.push_bind_param::<Timestamp, _>(&self.now)?;
            out.push_sql(")");
        }
        Ok(())
    }

    /// Adds to a stored count of the same or the next window, and replaces a count of any other window.
    fn or_add<'b, DB>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<Timestamp>,
        NaiveDateTime: ToSql<Timestamp, DB>,
    {
        out.push_sql(" ON CONFLICT (person_id) DO UPDATE SET writes = excluded.writes +");
        out.push_sql(" CASE WHEN write_count.window_start IN (excluded.window_start, ");
        out.push_bind_param::<Timestamp, _>(&self.next)?;
        out.push_sql(") THEN write_count.writes ELSE 0 END,");
        out.push_sql(" window_start = CASE WHEN write_count.window_start = ");
        out.push_bind_param::<Timestamp, _>(&self.next)?;
        out.push_sql(" THEN write_count.window_start ELSE excluded.window_start END");
        Ok(())
    }
}

/// Counts a number of writes of one person, and returns the number of the last one.
struct CountOne<'a> {
    count: Count,
    key: &'a str,
    writes: i64,
}

impl<DB> QueryFragment<DB> for CountOne<'_>
where
    DB: Backend + HasSqlType<Timestamp> + HasSqlType<Text> + HasSqlType<BigInt>,
    NaiveDateTime: ToSql<Timestamp, DB>,
    str: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("INSERT INTO write_count (person_id, window_start, writes) SELECT ");
        out.push_sql(self.count.person());
        out.push_sql(", ");
        out.push_bind_param::<Timestamp, _>(&self.count.window)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.writes)?;
        out.push_sql(" FROM ");
        out.push_sql(self.count.people());
        out.push_bind_param::<Text, _>(self.key)?;
        self.count.and_may_write(&mut out)?;
        self.count.or_add(&mut out)?;
        out.push_sql(" RETURNING window_start, writes");
        Ok(())
    }
}

impl Query for CountOne<'_> {
    type SqlType = (Timestamp, BigInt);
}

impl<Conn> RunQueryDsl<Conn> for CountOne<'_> {}

/// Counts several writes. The writes of a person are added at once, and numbered backwards from the last one.
struct CountSeveral<'a> {
    count: Count,
    positions: Vec<i64>,
    keys: Vec<&'a str>,
}

impl QueryFragment<Pg> for CountSeveral<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH writer AS (SELECT presented.position, ");
        out.push_sql(self.count.person());
        out.push_sql(" AS person_id FROM unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.positions)?;
        out.push_sql("::bigint[], ");
        out.push_bind_param::<Array<Text>, _>(&self.keys)?;
        out.push_sql("::text[]) AS presented (position, key), ");
        out.push_sql(self.count.people());
        out.push_sql("presented.key");
        self.count.and_may_write(&mut out)?;
        out.push_sql(
            "), counted AS (INSERT INTO write_count (person_id, window_start, writes) SELECT person_id, ",
        );
        out.push_bind_param::<Timestamp, _>(&self.count.window)?;
        out.push_sql("::timestamp, count(*) FROM writer GROUP BY person_id ORDER BY person_id");
        self.count.or_add(&mut out)?;
        out.push_sql(
            " RETURNING person_id, window_start, writes) SELECT writer.position, counted.window_start,",
        );
        out.push_sql(
            " counted.writes + 1 - row_number() OVER (PARTITION BY person_id ORDER BY position DESC)",
        );
        out.push_sql(" FROM writer JOIN counted USING (person_id)");
        Ok(())
    }
}

impl Query for CountSeveral<'_> {
    type SqlType = (BigInt, Timestamp, BigInt);
}

impl RunQueryDsl<PostgresConnection> for CountSeveral<'_> {}

/// The statement's text depends on the kind of credential, so the type identifies no prepared statement.
macro_rules! prepared_by_text {
    ($($query:ident)*) => {
        $(
            impl QueryId for $query<'_> {
                type QueryId = ();

                const HAS_STATIC_QUERY_ID: bool = false;
            }
        )*
    };
}

prepared_by_text! { CountOne CountSeveral }
