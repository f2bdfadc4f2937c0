//! Which mails a worker may claim.

use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Text, Timestamp},
};
use usher_domain::{
    id::AccountId,
    outbox::{DeliveryKind, Destination, MailState},
    port::store::MailClaim,
};

use super::batches::pg_statement::pg_statement;
use crate::{
    connection::AnyConnection,
    schema::{delivery, queued_delivery},
};

/// The numbers of the mails of a claim, in the order of their turns.
///
/// Up to three passes over the accounts with queued mails: one mail of each account behind the last turn, one mail of each
/// account from the beginning on, and then any mails. A pass costs one look-up for each account, not for each mail.
///
/// On PostgreSQL the rows are locked, and rows that another worker has locked are skipped, so that workers get different mails
/// instead of waiting for each other. On SQLite no other unit writes at the same time.
pub(crate) fn claimable_mails(
    connection: &mut AnyConnection,
    claim: &MailClaim<'_>,
    limit: i64,
) -> QueryResult<Vec<i64>> {
    let after = claim.after.map_or(0, AccountId::get);
    let mut taken = Vec::new();
    let mut pass = |accounts: (i64, i64), of_account: Option<i64>, taken: &mut Vec<i64>| {
        let wanted = limit - i64::try_from(taken.len()).unwrap_or(i64::MAX);
        if wanted > 0 {
            let pass = Pass { claim, accounts, of_account: of_account.unwrap_or(wanted), wanted };
            let found = pass.run(connection, taken)?;
            taken.extend(found);
        }
        QueryResult::Ok(())
    };
    pass((after, i64::MAX), Some(1), &mut taken)?;
    if after > 0 {
        pass((0, after), Some(1), &mut taken)?;
    }
    if !taken.is_empty() {
        pass((0, i64::MAX), None, &mut taken)?;
    }
    Ok(taken)
}

/// One pass over the accounts with queued mails.
struct Pass<'a> {
    claim: &'a MailClaim<'a>,
    /// Accounts with numbers above the first one, up to the second one.
    accounts: (i64, i64),
    /// Most mails of an account.
    of_account: i64,
    /// Most mails.
    wanted: i64,
}

impl Pass<'_> {
    fn run(&self, connection: &mut AnyConnection, taken: &[i64]) -> QueryResult<Vec<i64>> {
        let now = self.claim.now.naive_utc();
        match connection {
            AnyConnection::Postgres(connection) => {
                let (after, upto) = self.accounts;
                let except = self.claim.except.iter().map(Destination::as_str).collect();
                let taken = taken.to_vec();
                let (of_account, wanted) = (self.of_account, self.wanted);
                PassStatement {
                    after,
                    upto,
                    upto_too: upto,
                    now,
                    except,
                    taken,
                    of_account,
                    now_too: now,
                    wanted,
                }
                .load(connection)
            }
            AnyConnection::Sqlite(connection) => self.on_sqlite(connection, now, taken),
        }
    }

    fn on_sqlite(
        &self,
        connection: &mut SqliteConnection,
        now: NaiveDateTime,
        taken: &[i64],
    ) -> QueryResult<Vec<i64>> {
        let (mut after, upto) = self.accounts;
        let mut found = Vec::new();
        while let Some((account, due_at)) = next_account(connection, after, upto)? {
            let wanted = self.wanted - i64::try_from(found.len()).unwrap_or(i64::MAX);
            if wanted <= 0 {
                break;
            }
            if due_at <= now {
                found.append(&mut self.of_account(
                    connection,
                    account,
                    wanted.min(self.of_account),
                    taken,
                )?);
            }
            after = account;
        }
        Ok(found)
    }

    fn of_account(
        &self,
        connection: &mut SqliteConnection,
        account: i64,
        limit: i64,
        taken: &[i64],
    ) -> QueryResult<Vec<i64>> {
        let now = self.claim.now.naive_utc();
        let except = self.claim.except.iter().map(Destination::as_str);
        queued_delivery::table
            .inner_join(delivery::table.on(delivery::id.eq(queued_delivery::delivery_id)))
            .filter(queued_delivery::kind.eq(DeliveryKind::Mail.as_str()))
            .filter(queued_delivery::account_id.eq(account))
            .filter(queued_delivery::due_at.le(now))
            .filter(delivery::state.eq(MailState::Queued.as_str()))
            .filter(delivery::lease_until.is_null().or(delivery::lease_until.le(now)))
            .filter(delivery::destination.ne_all(except))
            .filter(delivery::id.ne_all(taken))
            .order((queued_delivery::due_at, queued_delivery::delivery_id))
            .limit(limit)
            .select(delivery::id)
            .load(connection)
    }
}

/// The first account with queued mails between two numbers, and its earliest due time.
pub(super) fn next_account(
    connection: &mut SqliteConnection,
    after: i64,
    upto: i64,
) -> QueryResult<Option<(i64, NaiveDateTime)>> {
    queued_delivery::table
        .filter(queued_delivery::kind.eq(DeliveryKind::Mail.as_str()))
        .filter(queued_delivery::account_id.gt(after))
        .filter(queued_delivery::account_id.le(upto))
        .order((queued_delivery::account_id, queued_delivery::due_at))
        .limit(1)
        .select((queued_delivery::account_id, queued_delivery::due_at))
        .get_result(connection)
        .optional()
}

pg_statement! {
    /// The recursion steps from account to account in the primary key of `queued_delivery`, and no further than the limit
    /// requires. Within an account, `OFFSET 0` makes PostgreSQL follow that key and look at each mail in turn. It would
    /// otherwise expect few mails to meet the conditions, if most have one destination, and look at all of them.
    struct PassStatement<'a> -> BigInt;
    "WITH RECURSIVE turn AS ((SELECT account_id, due_at FROM queued_delivery WHERE kind = 'mail' AND account_id > ",
    after: i64 as BigInt, " AND account_id <= ",
    upto: i64 as BigInt,
    " ORDER BY kind, account_id, due_at LIMIT 1) \
     UNION ALL \
     SELECT next.account_id, next.due_at FROM turn CROSS JOIN LATERAL ( \
        SELECT account_id, due_at FROM queued_delivery WHERE kind = 'mail' AND account_id > turn.account_id AND account_id <= ",
    upto_too: i64 as BigInt,
    " ORDER BY kind, account_id, due_at LIMIT 1) AS next) \
     SELECT mail.id FROM turn CROSS JOIN LATERAL ( \
        SELECT claimable.id FROM queued_delivery AS queued CROSS JOIN (SELECT ",
    now: NaiveDateTime as Timestamp,
    "::timestamp AS now) AS moment CROSS JOIN LATERAL ( \
            SELECT id FROM delivery WHERE id = queued.delivery_id AND state = 'queued' \
            AND (lease_until IS NULL OR lease_until <= moment.now) AND destination <> ALL (",
    except: Vec<&'a str> as Array<Text>, "::text[]) AND id <> ALL (",
    taken: Vec<i64> as Array<BigInt>,
    "::bigint[]) OFFSET 0 FOR UPDATE SKIP LOCKED) AS claimable \
        WHERE queued.kind = 'mail' AND queued.account_id = turn.account_id AND queued.due_at <= moment.now \
        ORDER BY queued.kind, queued.account_id, queued.due_at, queued.delivery_id LIMIT ",
    of_account: i64 as BigInt,
    ") AS mail WHERE turn.due_at <= ",
    now_too: NaiveDateTime as Timestamp, " LIMIT ",
    wanted: i64 as BigInt, ""
}
