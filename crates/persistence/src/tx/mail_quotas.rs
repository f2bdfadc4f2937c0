use diesel::prelude::*;
use usher_domain::{
    Timestamp,
    outbox::MailQuota,
    port::{StoreError, store::MailQuotas},
};

use super::DieselTx;
use crate::{
    dialect,
    insertion::insert,
    rows::{MailQuotaRow, NewMailQuotaRow},
    schema::mail_quota,
};

impl MailQuotas for DieselTx<'_> {
    fn mail_quotas(&mut self, subjects: &[String]) -> Result<Vec<MailQuota>, StoreError> {
        let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        self.read(|connection| {
            let rows = dialect::mail_quotas(connection, &subjects)?;
            Ok(rows.into_iter().map(MailQuota::from).collect())
        })
    }

    /// On PostgreSQL a row that changed since the snapshot of this unit is a serialization failure, also if it is not in the
    /// snapshot. On SQLite no other unit writes at the same time.
    fn put_mail_quotas(&mut self, quotas: &[MailQuota]) -> Result<(), StoreError> {
        let rows: Vec<NewMailQuotaRow<'_>> = quotas.iter().map(NewMailQuotaRow::from).collect();
        self.write(|connection| Ok(insert(connection, &rows)?))
    }

    fn blocked_mailboxes(&mut self) -> Result<Vec<MailQuota>, StoreError> {
        self.read(|connection| {
            let rows = mail_quota::table
                .filter(mail_quota::blocked_at.is_not_null())
                .order(mail_quota::subject)
                .select(MailQuotaRow::as_select());
            Ok(rows.load::<MailQuotaRow>(connection)?.into_iter().map(MailQuota::from).collect())
        })
    }

    fn delete_old_mail_quotas(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError> {
        self.write(|connection| {
            let old = mail_quota::table
                .filter(mail_quota::window_start.lt(before.naive_utc()))
                .filter(mail_quota::blocked_at.is_null())
                .order(mail_quota::window_start)
                .limit(i64::from(limit))
                .select(mail_quota::subject);
            let old: Vec<String> = old.load(connection)?;
            if old.is_empty() {
                return Ok(0);
            }
            Ok(diesel::delete(mail_quota::table.filter(mail_quota::subject.eq_any(old)))
                .execute(connection)?)
        })
    }
}
