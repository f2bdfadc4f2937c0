use super::MemoryTx;
use crate::{
    audit::AuditEvent,
    id::AccountId,
    port::{StoreError, store::AuditLog},
};

impl AuditLog for MemoryTx {
    fn record(&mut self, events: &[AuditEvent]) -> Result<(), StoreError> {
        self.write(|state| {
            state.audit.extend_from_slice(events);
            Ok(())
        })
    }

    fn audit_events(&mut self, account: AccountId) -> Result<Vec<AuditEvent>, StoreError> {
        self.read(|state| {
            let mut events: Vec<_> =
                state.audit.iter().filter(|event| event.account == Some(account)).copied().collect();
            // Stable: entries of one moment stay in the order in which they were written.
            events.sort_by_key(|event| event.at);
            Ok(events)
        })
    }
}
