use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    idempotency::{Answer, KeptAnswer, RequestMac},
    port::StoreError,
};

use super::row_ref::RowRef;
use crate::schema::idempotency_key;

/// Without the digest, which the caller has.
#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_key)]
pub(crate) struct KeptAnswerRow {
    id: i64,
    request: String,
    status: i64,
    content_type: Option<String>,
    body: String,
    created_at: NaiveDateTime,
}

impl TryFrom<KeptAnswerRow> for KeptAnswer {
    type Error = StoreError;

    fn try_from(row: KeptAnswerRow) -> Result<Self, StoreError> {
        let row_ref = RowRef { table: "idempotency_key", id: row.id };
        Ok(Self {
            request: RequestMac::from_stored(row.request),
            created_at: row.created_at.and_utc(),
            answer: Answer {
                status: row_ref.value("status", u16::try_from(row.status))?,
                content_type: row.content_type,
                body: row.body,
            },
        })
    }
}
