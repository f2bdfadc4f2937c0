use super::StoreError;
use crate::{
    Timestamp,
    id::{AccountId, InvitationId, MailId},
    outbox::{LeaseToken, Mail, MailState, NewMail},
};

/// How a lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Where the mail is from now on.
    pub state: MailState,
    /// Counted tries from now on.
    pub attempts: u32,
    /// Next try, for a mail that stays queued.
    pub due_at: Timestamp,
    /// Why the try failed.
    pub error: Option<String>,
    /// When this is written.
    pub at: Timestamp,
}

/// Mails on their way.
pub trait Outbox {
    /// Queues mails, due at once.
    fn enqueue(&mut self, mails: &[NewMail]) -> Result<(), StoreError>;
    /// Leases up to `limit` queued mails that are due at `now` and that nobody holds a running lease on, the one first that
    /// could be claimed first. Of any number of workers at once, each mail goes to one. A mail that cannot be read is left out, and
    /// holds up nobody.
    fn claim_mails(
        &mut self,
        now: Timestamp,
        until: Timestamp,
        token: &LeaseToken,
        limit: u32,
    ) -> Result<Vec<Mail>, StoreError>;
    /// Ends the lease `token` on a mail; `false`, and no change, when the mail is no longer held under it. A lease whose
    /// time is over counts until somebody else claims the mail.
    fn settle_mail(
        &mut self,
        id: MailId,
        token: &LeaseToken,
        settlement: &Settlement,
    ) -> Result<bool, StoreError>;
    /// The mails of an invitation of the account, the oldest first.
    fn mails_of(&mut self, account: AccountId, invitation: InvitationId) -> Result<Vec<Mail>, StoreError>;
    /// When the next queued mail can be claimed: its due time, or the end of a lease on it. `None` when none is queued.
    fn next_mail_due(&mut self) -> Result<Option<Timestamp>, StoreError>;
}
