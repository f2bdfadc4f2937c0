use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{port::store::NewFailureCount, sign_in::FailureCount};

use crate::{insertion::new_row, schema::failed_sign_in};

/// Without the name, which the caller has.
#[derive(Queryable, Selectable)]
#[diesel(table_name = failed_sign_in)]
pub(crate) struct FailureCountRow {
    failures: i64,
    last_at: NaiveDateTime,
}

impl From<FailureCountRow> for FailureCount {
    fn from(row: FailureCountRow) -> Self {
        Self { failures: u32::try_from(row.failures).unwrap_or(u32::MAX), last_at: row.last_at.and_utc() }
    }
}

new_row! {
    /// A new or changed counter.
    pub(crate) struct NewFailureCountRow for failed_sign_in {
        name: String,
        failures: i64,
        last_at: NaiveDateTime,
        forgotten_at: NaiveDateTime,
    }
    order "name"
    ending " ON CONFLICT (name) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, forgotten_at = excluded.forgotten_at"
}

impl From<&NewFailureCount> for NewFailureCountRow {
    fn from(counter: &NewFailureCount) -> Self {
        Self {
            name: counter.name.to_hex(),
            failures: counter.count.failures.into(),
            last_at: counter.count.last_at.naive_utc(),
            forgotten_at: counter.forgotten_at.naive_utc(),
        }
    }
}
