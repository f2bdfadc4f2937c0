use super::{MemoryTx, invitations::size};
use crate::{
    Timestamp,
    outbox::MailQuota,
    port::{StoreError, store::MailQuotas},
};

impl MailQuotas for MemoryTx {
    fn mail_quotas(&mut self, subjects: &[String]) -> Result<Vec<MailQuota>, StoreError> {
        self.read(|state| {
            Ok(subjects.iter().filter_map(|subject| state.mail_quotas.get(subject)).cloned().collect())
        })
    }

    fn put_mail_quotas(&mut self, quotas: &[MailQuota]) -> Result<(), StoreError> {
        self.write(|state| {
            let quotas = quotas.iter().map(|quota| (quota.subject.clone(), quota.clone()));
            state.mail_quotas.extend(quotas);
            Ok(())
        })
    }

    fn blocked_mailboxes(&mut self) -> Result<Vec<MailQuota>, StoreError> {
        self.read(|state| {
            Ok(state.mail_quotas.values().filter(|quota| quota.blocked_at.is_some()).cloned().collect())
        })
    }

    fn delete_old_mail_quotas(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError> {
        self.write(|state| {
            let quotas = state.mail_quotas.values();
            let old = quotas.filter(|quota| quota.window_start < before && quota.blocked_at.is_none());
            let old: Vec<String> = old.take(size(limit)).map(|quota| quota.subject.clone()).collect();
            for subject in &old {
                state.mail_quotas.remove(subject);
            }
            Ok(old.len())
        })
    }
}
