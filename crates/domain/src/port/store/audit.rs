use super::StoreError;
use crate::{
    Timestamp,
    audit::{AuditEvent, AuditSubject},
    id::AccountId,
};

/// The audit log: entries are added, never changed, and deleted when they are old.
pub trait AuditLog {
    /// Adds entries, in this order.
    fn record(&mut self, events: &[AuditEvent]) -> Result<(), StoreError>;
    /// The newest entries of an account or a person, up to `limit`, the newest first. An entry belongs to the person whom it
    /// happened to and to the person who caused it.
    fn newest_audit_events(&mut self, of: AuditSubject, limit: u32) -> Result<Vec<AuditEvent>, StoreError>;
    /// The entries of an account, the oldest first. Entries of the same moment are in the order in which they were written.
    fn audit_events(&mut self, account: AccountId) -> Result<Vec<AuditEvent>, StoreError>;
    /// Deletes entries from before a moment, the oldest first. It looks at the `limit` oldest entries at most, and returns how
    /// many it deleted.
    fn delete_old_events(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError>;
}
