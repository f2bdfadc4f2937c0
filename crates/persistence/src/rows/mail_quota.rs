use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{Timestamp, outbox::MailQuota};

use super::stored_time::StoredTime;
use crate::{insertion::new_row, schema::mail_quota};

#[derive(Queryable, Selectable)]
#[diesel(table_name = mail_quota)]
pub(crate) struct MailQuotaRow {
    subject: String,
    window_start: NaiveDateTime,
    mails: i64,
    recent: String,
    blocked_at: Option<NaiveDateTime>,
}

/// A count that cannot be read counts as none: it must not keep anybody from being invited.
impl From<MailQuotaRow> for MailQuota {
    fn from(row: MailQuotaRow) -> Self {
        let moment = |text: &str| Timestamp::from_timestamp_micros(text.parse().ok()?);
        Self {
            subject: row.subject,
            window_start: row.window_start.and_utc(),
            mails: u32::try_from(row.mails).unwrap_or_default(),
            recent: row.recent.split(',').filter_map(moment).collect(),
            blocked_at: row.blocked_at.map(|at| at.and_utc()),
        }
    }
}

new_row! {
    /// A quota, inserted or replaced.
    pub(crate) struct NewMailQuotaRow<'a> for mail_quota {
        subject: &'a str,
        window_start: StoredTime,
        mails: i64,
        recent: String,
        blocked_at: Option<StoredTime>,
    }
    order "subject"
    ending " ON CONFLICT (subject) DO UPDATE SET window_start = excluded.window_start, mails = excluded.mails, \
            recent = excluded.recent, blocked_at = excluded.blocked_at"
}

impl<'a> From<&'a MailQuota> for NewMailQuotaRow<'a> {
    fn from(quota: &'a MailQuota) -> Self {
        let recent: Vec<String> = quota.recent.iter().map(|at| at.timestamp_micros().to_string()).collect();
        Self {
            subject: &quota.subject,
            window_start: quota.window_start.into(),
            mails: i64::from(quota.mails),
            recent: recent.join(","),
            blocked_at: quota.blocked_at.map(StoredTime::from),
        }
    }
}
