use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    Timestamp,
    audit::{AuditEvent, AuditSubject},
    id::AccountId,
    port::{StoreError, store::AuditLog},
};

use super::DieselTx;
use crate::{
    insertion::insert,
    rows::{AuditEventRow, NewAuditEventRow, read_all},
    schema::audit_event,
};

impl AuditLog for DieselTx<'_> {
    fn record(&mut self, events: &[AuditEvent]) -> Result<(), StoreError> {
        let rows: Vec<NewAuditEventRow> = events.iter().map(NewAuditEventRow::from).collect();
        self.write(|connection| Ok(insert(connection, &rows)?))
    }

    fn newest_audit_events(&mut self, of: AuditSubject, limit: u32) -> Result<Vec<AuditEvent>, StoreError> {
        let newest = audit_event::table
            .order((audit_event::at.desc(), audit_event::id.desc()))
            .limit(i64::from(limit))
            .select(AuditEventRow::as_select());
        self.read(|connection| {
            let rows = match of {
                AuditSubject::Account(account) => {
                    newest.filter(audit_event::account_id.eq(account.get())).load(connection)?
                }
                AuditSubject::Person(person) => newest
                    .filter(
                        audit_event::person_id
                            .eq(person.get())
                            .or(audit_event::actor_person.eq(person.get())),
                    )
                    .load(connection)?,
            };
            Ok(read_all(rows)?)
        })
    }

    fn audit_events(&mut self, account: AccountId) -> Result<Vec<AuditEvent>, StoreError> {
        self.read(|connection| {
            let rows = audit_event::table
                .filter(audit_event::account_id.eq(account.get()))
                .order((audit_event::at, audit_event::id))
                .select(AuditEventRow::as_select());
            Ok(read_all(rows.load(connection)?)?)
        })
    }

    /// In the order of the numbers, which is nearly that of the moments, because no index begins with the moment.
    fn delete_old_events(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError> {
        self.write(|connection| {
            let oldest: Vec<(i64, NaiveDateTime)> = audit_event::table
                .order(audit_event::id)
                .limit(i64::from(limit))
                .select((audit_event::id, audit_event::at))
                .load(connection)?;
            let old = oldest.into_iter().filter(|(_, at)| *at < before.naive_utc());
            let old: Vec<i64> = old.map(|(id, _)| id).collect();
            if old.is_empty() {
                return Ok(0);
            }
            Ok(diesel::delete(audit_event::table.filter(audit_event::id.eq_any(old))).execute(connection)?)
        })
    }
}
