use diesel::prelude::*;
use usher_domain::{
    audit::AuditEvent,
    id::AccountId,
    port::{StoreError, store::AuditLog},
};

use super::DieselTx;
use crate::{
    rows::{AuditEventRow, NewAuditEventRow, all},
    schema::audit_event,
};

impl AuditLog for DieselTx<'_> {
    fn record(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        self.write(|connection| {
            diesel::insert_into(audit_event::table)
                .values(NewAuditEventRow::from(event))
                .execute(connection)?;
            Ok(())
        })
    }

    fn audit_events(&mut self, account: AccountId) -> Result<Vec<AuditEvent>, StoreError> {
        self.read(|connection| {
            let rows = audit_event::table
                .filter(audit_event::account_id.eq(account.get()))
                .order((audit_event::at, audit_event::id))
                .select(AuditEventRow::as_select());
            Ok(all(rows.load(connection)?)?)
        })
    }
}
