use diesel::prelude::*;
use usher_domain::{
    audit::AuditEvent,
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

    fn audit_events(&mut self, account: AccountId) -> Result<Vec<AuditEvent>, StoreError> {
        self.read(|connection| {
            let rows = audit_event::table
                .filter(audit_event::account_id.eq(account.get()))
                .order((audit_event::at, audit_event::id))
                .select(AuditEventRow::as_select());
            Ok(read_all(rows.load(connection)?)?)
        })
    }
}
