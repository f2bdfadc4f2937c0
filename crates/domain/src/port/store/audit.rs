use super::StoreError;
use crate::{audit::AuditEvent, id::AccountId};

/// The audit log: entries are added and never changed.
pub trait AuditLog {
    /// Adds entries, in this order.
    fn record(&mut self, events: &[AuditEvent]) -> Result<(), StoreError>;
    /// The entries of an account, the oldest first. Entries of the same moment are in the order in which they were written.
    fn audit_events(&mut self, account: AccountId) -> Result<Vec<AuditEvent>, StoreError>;
}
