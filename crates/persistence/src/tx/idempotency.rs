use diesel::prelude::*;
use usher_domain::{
    Timestamp,
    idempotency::{Answer, KeptAnswer, KeyDigest, NewKey},
    port::{StoreError, store::IdempotencyKeys},
};

use super::{DieselTx, exactly};
use crate::{
    dialect,
    rows::{KeptAnswerRow, read_optional},
    schema::idempotency_key,
};

impl IdempotencyKeys for DieselTx<'_> {
    fn take_key(&mut self, key: &NewKey, stale: Timestamp) -> Result<bool, StoreError> {
        self.write(|connection| Ok(dialect::take_key(connection, key, stale.naive_utc())?))
    }

    fn keep_answer(&mut self, key: &KeyDigest, answer: &Answer) -> Result<(), StoreError> {
        let taken = idempotency_key::table.filter(idempotency_key::digest.eq(key.to_hex()));
        self.write(|connection| {
            let updated = diesel::update(taken)
                .set((
                    idempotency_key::status.eq(i64::from(answer.status)),
                    idempotency_key::content_type.eq(answer.content_type.as_deref()),
                    idempotency_key::body.eq(answer.body.as_str()),
                ))
                .execute(connection)?;
            exactly(1, updated)
        })
    }

    fn kept_answer(&mut self, key: &KeyDigest) -> Result<Option<KeptAnswer>, StoreError> {
        self.read(|connection| {
            let row = idempotency_key::table
                .filter(idempotency_key::digest.eq(key.to_hex()))
                .select(KeptAnswerRow::as_select());
            Ok(read_optional(row.get_result(connection).optional()?)?)
        })
    }

    fn forget_answers(&mut self, stale: Timestamp, limit: u32) -> Result<usize, StoreError> {
        let old = diesel::alias!(idempotency_key as old);
        let oldest = old
            .filter(old.field(idempotency_key::created_at).le(stale.naive_utc()))
            .order((old.field(idempotency_key::created_at), old.field(idempotency_key::id)))
            .limit(i64::from(limit))
            .select(old.field(idempotency_key::id));
        let forgotten = idempotency_key::table.filter(idempotency_key::id.eq_any(oldest));
        self.write(|connection| Ok(diesel::delete(forgotten).execute(connection)?))
    }
}
