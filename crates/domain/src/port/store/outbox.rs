use super::StoreError;
use crate::{
    Timestamp,
    id::{AccountId, InvitationId, MailId},
    outbox::{LeaseToken, Mail, MailState, NewMail},
};

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
    /// The time of the settlement.
    pub at: Timestamp,
}

/// The outbox.
pub trait Outbox {
    /// Queues mails, due at once.
    fn enqueue(&mut self, mails: &[NewMail]) -> Result<(), StoreError>;
    /// Leases up to `limit` queued mails that are due at `now` and have no running lease, in the order in which they became
    /// claimable. Of concurrent workers, each mail goes to one. A mail that cannot be read is left out.
    fn claim_mails(
        &mut self,
        now: Timestamp,
        until: Timestamp,
        token: &LeaseToken,
        limit: u32,
    ) -> Result<Vec<Mail>, StoreError>;
    /// Ends the lease `token` on a mail. Returns `false` and changes nothing if the mail has another lease or none. An
    /// expired lease counts until another worker claims the mail.
    fn settle_mail(
        &mut self,
        id: MailId,
        token: &LeaseToken,
        settlement: &Settlement,
    ) -> Result<bool, StoreError>;
    /// The mails of an invitation of the account, the oldest first.
    fn mails_of(&mut self, account: AccountId, invitation: InvitationId) -> Result<Vec<Mail>, StoreError>;
    /// When the next queued mail can be claimed: its due time, or the end of its lease. `None` when no mail is queued.
    fn next_mail_due(&mut self) -> Result<Option<Timestamp>, StoreError>;
}
