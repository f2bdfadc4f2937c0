use super::{MemoryTx, invitations::size};
use crate::{
    Timestamp,
    audit::{AuditActor, AuditEvent, AuditSubject},
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

    fn newest_audit_events(&mut self, of: AuditSubject, limit: u32) -> Result<Vec<AuditEvent>, StoreError> {
        self.read(|state| {
            let belongs = |event: &&AuditEvent| match of {
                AuditSubject::Account(account) => event.account == Some(account),
                AuditSubject::Person(person) => {
                    event.person == Some(person) || event.actor == AuditActor::Person(person)
                }
            };
            let mut events: Vec<_> = state.audit.iter().filter(belongs).copied().collect();
            events.sort_by_key(|event| event.at);
            events.reverse();
            events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            Ok(events)
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

    fn delete_old_events(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError> {
        self.write(|state| {
            let count = state.audit.len();
            let mut place = 0;
            state.audit.retain(|event| {
                place += 1;
                place > size(limit) || event.at >= before
            });
            Ok(count - state.audit.len())
        })
    }
}
