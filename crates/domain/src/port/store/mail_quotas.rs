use super::StoreError;
use crate::{Timestamp, outbox::MailQuota};

/// The counts of the limits on mails, and the mailboxes that want none.
pub trait MailQuotas {
    /// The stored quotas of these subjects, in any order.
    fn mail_quotas(&mut self, subjects: &[String]) -> Result<Vec<MailQuota>, StoreError>;
    /// Inserts or replaces quotas that this unit has read, or has found missing. `Contended` when another unit stored one of them
    /// in the meantime, so that nothing is counted twice or lost.
    fn put_mail_quotas(&mut self, quotas: &[MailQuota]) -> Result<(), StoreError>;
    /// The blocked mailboxes, sorted.
    fn blocked_mailboxes(&mut self) -> Result<Vec<MailQuota>, StoreError>;
    /// Deletes up to `limit` quotas of windows that began before a moment, except those of blocked mailboxes. Returns how many
    /// it deleted.
    fn delete_old_mail_quotas(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError>;
}
