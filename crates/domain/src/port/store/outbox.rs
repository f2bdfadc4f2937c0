use super::StoreError;
use crate::{
    Timestamp,
    account::PublicId,
    id::{AccountId, InvitationId, MailId},
    outbox::{Destination, LeaseToken, Mail, MailState, NewMail},
};

/// What a worker wants to claim.
#[derive(Debug, Clone, Copy)]
pub struct MailClaim<'a> {
    /// Mails that are due at this moment.
    pub now: Timestamp,
    /// The end of the lease.
    pub until: Timestamp,
    /// The token of the lease.
    pub token: &'a LeaseToken,
    /// Most mails.
    pub limit: u32,
    /// The account that had the last turn; the next account by number has the next one. Without it the first account has.
    pub after: Option<AccountId>,
    /// Destinations whose mails are left out for now.
    pub except: &'a [Destination],
}

/// Which mails a list contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailFilter {
    /// Mails in this state only.
    pub state: Option<MailState>,
    /// Mails of this account only.
    pub account: Option<AccountId>,
    /// Most mails.
    pub limit: u32,
}

/// Which dead mails are queued again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadMails {
    /// One mail.
    One(MailId),
    /// All mails of an account.
    OfAccount(AccountId),
    /// All mails.
    All,
}

/// How a lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The new state of the mail.
    pub state: MailState,
    /// The number of counted attempts, including this one.
    pub attempts: u32,
    /// The time of the next attempt, for a mail that stays queued.
    pub due_at: Timestamp,
    /// Why the attempt failed.
    pub error: Option<String>,
    /// When the relay refused the recipient first.
    pub refused_at: Option<Timestamp>,
    /// The time of the settlement.
    pub at: Timestamp,
}

/// The outbox.
pub trait Outbox {
    /// Queues mails, due at once.
    fn enqueue(&mut self, mails: &[NewMail]) -> Result<(), StoreError>;
    /// Leases queued mails that are due and have no running lease. Accounts take turns, so that the mails of one account do not
    /// delay those of another: each account gets one, then the rest of the limit is filled up. Within an account the earliest
    /// due come first. Of concurrent workers, each mail goes to one. A mail that cannot be read is left out.
    ///
    /// The mails are in the order of their turns.
    fn claim_mails(&mut self, claim: &MailClaim<'_>) -> Result<Vec<Mail>, StoreError>;
    /// Ends the lease `token` on a mail, as it was claimed. Returns `false` and changes nothing if the mail has another lease or
    /// none. An expired lease counts until another worker claims the mail.
    fn settle_mail(
        &mut self,
        mail: &Mail,
        token: &LeaseToken,
        settlement: &Settlement,
    ) -> Result<bool, StoreError>;
    /// The mails of an invitation of the account, the oldest first.
    fn mails_of(&mut self, account: AccountId, invitation: InvitationId) -> Result<Vec<Mail>, StoreError>;
    /// When the next queued mail can be claimed: its due time, or the end of its lease. `None` when no mail is queued. It reads
    /// the whole queue.
    fn next_mail_due(&mut self) -> Result<Option<Timestamp>, StoreError>;
    /// Mails, the newest first.
    fn mails(&mut self, filter: &MailFilter) -> Result<Vec<Mail>, StoreError>;
    /// By reference.
    fn mail_by_reference(&mut self, reference: &PublicId) -> Result<Option<Mail>, StoreError>;
    /// Queues up to `limit` dead mails again, the oldest first: due at once, without attempts. Returns their number.
    fn retry_dead_mails(&mut self, which: DeadMails, now: Timestamp, limit: u32)
    -> Result<usize, StoreError>;
    /// Deletes mails that were created before a moment and are not queued, the oldest first. It looks at the `limit` oldest
    /// mails at most, and returns how many it deleted.
    fn delete_old_mails(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError>;
}
