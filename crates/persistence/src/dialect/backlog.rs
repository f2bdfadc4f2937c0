//! How much work waits. Like a claim, each look-up at the queued mails steps from account to account: a mail that is not due
//! costs nothing.

use chrono::NaiveDateTime;
use diesel::{
    QueryDsl as _, QueryResult, RunQueryDsl as _,
    dsl::min,
    prelude::*,
    sql_types::{BigInt, Nullable, Text, Timestamp},
};
use usher_domain::outbox::DeliveryKind;

use super::{batches::pg_statement::pg_statement, claims::next_account};
use crate::{
    connection::AnyConnection,
    schema::{dead_delivery, delivery, open_change, queued_delivery},
};

/// The queued mails of an account.
macro_rules! queued_mails {
    ($account:expr) => {
        queued_delivery::table
            .inner_join(delivery::table.on(delivery::id.eq(queued_delivery::delivery_id)))
            .filter(queued_delivery::kind.eq(DeliveryKind::Mail.as_str()))
            .filter(queued_delivery::account_id.eq($account))
    };
}
/// The number of queued mails that can be claimed at `now`, up to `most`.
pub(crate) fn due_mails(connection: &mut AnyConnection, now: NaiveDateTime, most: u32) -> QueryResult<u32> {
    match connection {
        AnyConnection::Postgres(connection) => {
            let most = i64::from(most);
            let statement = DueStatement { of_account: most, now, now_too: now, most };
            Ok(u32::try_from(statement.get_result::<i64>(connection)?).unwrap_or(u32::MAX))
        }
        AnyConnection::Sqlite(connection) => due_on_sqlite(connection, now, most),
    }
}

/// Diesel cannot count the rows of a limited query, so the rows are counted here.
fn due_on_sqlite(connection: &mut SqliteConnection, now: NaiveDateTime, most: u32) -> QueryResult<u32> {
    let (mut after, mut due) = (0, 0);
    while let Some((account, first_due)) = next_account(connection, after, i64::MAX)?
        && due < most
    {
        if first_due <= now {
            let of_account = queued_mails!(account)
                .filter(queued_delivery::due_at.le(now))
                .filter(delivery::lease_until.is_null().or(delivery::lease_until.le(now)))
                .limit(i64::from(most - due))
                .select(delivery::id);
            due += counted(of_account.load::<i64>(connection)?.len());
        }
        after = account;
    }
    Ok(due)
}

/// When the next mail can be claimed: its due time, or the end of its lease.
pub(crate) fn next_mail_due(connection: &mut AnyConnection) -> QueryResult<Option<NaiveDateTime>> {
    match connection {
        AnyConnection::Postgres(connection) => {
            NextStatement { kind: DeliveryKind::Mail.as_str() }.get_result(connection)
        }
        AnyConnection::Sqlite(connection) => next_on_sqlite(connection),
    }
}

/// As on PostgreSQL: see [`NextStatement`].
fn next_on_sqlite(connection: &mut SqliteConnection) -> QueryResult<Option<NaiveDateTime>> {
    let (mut after, mut next) = (0, None);
    while let Some((account, _)) = next_account(connection, after, i64::MAX)? {
        let free: Option<NaiveDateTime> = queued_mails!(account)
            .filter(delivery::lease_until.is_null())
            .order((queued_delivery::due_at, queued_delivery::delivery_id))
            .select(queued_delivery::due_at)
            .first(connection)
            .optional()?;
        let ends = queued_mails!(account).select(min(delivery::lease_until));
        let leased: Option<NaiveDateTime> = match free {
            Some(free) => ends.filter(queued_delivery::due_at.lt(free)).get_result(connection)?,
            None => ends.get_result(connection)?,
        };
        next = next.into_iter().chain(free).chain(leased).min();
        after = account;
    }
    Ok(next)
}

/// The number of mails that were given up, up to `most`.
pub(crate) fn dead_mails(connection: &mut AnyConnection, most: u32) -> QueryResult<u32> {
    let dead = dead_delivery::table.order(dead_delivery::delivery_id).limit(most.into());
    Ok(counted(dead.select(dead_delivery::delivery_id).load::<i64>(connection)?.len()))
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

pg_statement! {
    /// The recursion is that of a claim, and so is `OFFSET 0`.
    struct DueStatement -> BigInt;
    "WITH RECURSIVE turn AS ((SELECT account_id, due_at FROM queued_delivery WHERE kind = 'mail' \
     ORDER BY kind, account_id, due_at LIMIT 1) \
     UNION ALL \
     SELECT next.account_id, next.due_at FROM turn CROSS JOIN LATERAL ( \
        SELECT account_id, due_at FROM queued_delivery WHERE kind = 'mail' AND account_id > turn.account_id \
        ORDER BY kind, account_id, due_at LIMIT 1) AS next) \
     SELECT count(*) FROM (SELECT mail.id FROM turn CROSS JOIN LATERAL ( \
        SELECT claimable.id FROM queued_delivery AS queued CROSS JOIN (SELECT ",
    now: NaiveDateTime as Timestamp,
    "::timestamp AS now) AS moment CROSS JOIN LATERAL ( \
            SELECT id FROM delivery WHERE id = queued.delivery_id AND state = 'queued' \
            AND (lease_until IS NULL OR lease_until <= moment.now) OFFSET 0) AS claimable \
        WHERE queued.kind = 'mail' AND queued.account_id = turn.account_id AND queued.due_at <= moment.now \
        ORDER BY queued.kind, queued.account_id, queued.due_at, queued.delivery_id LIMIT ",
    of_account: i64 as BigInt, ") AS mail WHERE turn.due_at <= ",
    now_too: NaiveDateTime as Timestamp, " LIMIT ",
    most: i64 as BigInt, ") AS due"
}

pg_statement! {
    /// Of an account, the first mail without a lease matters, and the leases of the mails that are due before it: a lease of any
    /// other mail ends later than that. Mails are leased in the order of their due times, so these are few.
    struct NextStatement<'a> -> Nullable<Timestamp>;
    "WITH RECURSIVE turn AS ((SELECT kind, account_id FROM queued_delivery WHERE kind = ",
    kind: &'a str as Text,
    " ORDER BY kind, account_id, due_at LIMIT 1) \
     UNION ALL \
     SELECT next.kind, next.account_id FROM turn CROSS JOIN LATERAL ( \
        SELECT kind, account_id FROM queued_delivery WHERE kind = turn.kind AND account_id > turn.account_id \
        ORDER BY kind, account_id, due_at LIMIT 1) AS next) \
     SELECT min(LEAST(free.due_at, leased.lease_until)) FROM turn LEFT JOIN LATERAL ( \
        SELECT queued.due_at FROM queued_delivery AS queued CROSS JOIN LATERAL ( \
            SELECT FROM delivery WHERE id = queued.delivery_id AND lease_until IS NULL OFFSET 0) AS unleased \
        WHERE queued.kind = turn.kind AND queued.account_id = turn.account_id \
        ORDER BY queued.kind, queued.account_id, queued.due_at, queued.delivery_id LIMIT 1) AS free ON true LEFT JOIN LATERAL ( \
        SELECT min(delivery.lease_until) AS lease_until \
        FROM queued_delivery AS queued JOIN delivery ON delivery.id = queued.delivery_id \
        WHERE queued.kind = turn.kind AND queued.account_id = turn.account_id \
        AND queued.due_at < COALESCE(free.due_at, 'infinity'::timestamp)) AS leased ON true"
}
