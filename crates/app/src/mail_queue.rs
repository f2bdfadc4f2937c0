//! The mail queue, for operators.

use usher_domain::{
    account::PublicId,
    address::EmailAddress,
    env::Env,
    outbox::MailQuota,
    port::{StoreError, Tx, store::Mode},
    usecase::mails::{
        ListMails, ListedMail, MailsError, RetryMails, block_mailbox, list_mails, retry_mails, show_mail,
    },
};

use crate::units::Units;

/// Mails that are queued again in one unit of work.
const RETRIED: u32 = 500;

/// Lists mails, retries dead ones, and blocks mailboxes.
#[derive(Debug)]
pub struct MailQueue {
    units: Units,
}

impl MailQueue {
    pub(crate) fn new(units: &Units) -> Self {
        Self { units: units.clone() }
    }

    /// Mails, the newest first.
    pub async fn list(&self, command: ListMails) -> Result<Vec<ListedMail>, MailsError> {
        self.units.run_internal("mail.list", Mode::Read, move |tx, _| list_mails(tx, &command)).await
    }

    /// The mail with a reference.
    pub async fn get(&self, reference: PublicId) -> Result<ListedMail, MailsError> {
        self.units.run_internal("mail.get", Mode::Read, move |tx, _| show_mail(tx, &reference)).await
    }

    /// Queues dead mails again, in units of bounded size. Returns their number.
    pub async fn retry(&self, command: RetryMails) -> Result<usize, MailsError> {
        let mut retried = 0;
        loop {
            let command = command.clone();
            let work = move |tx: &mut dyn Tx, env: &Env| retry_mails(tx, env, &command, RETRIED);
            let done = self.units.run_internal("mail.retry", Mode::Write, work).await?;
            retried += done;
            if done < RETRIED as usize {
                return Ok(retried);
            }
        }
    }

    /// Blocks the mailbox of an address, or ends its block. Returns whether anything changed.
    pub async fn set_blocked(&self, email: EmailAddress, blocked: bool) -> Result<bool, StoreError> {
        self.units
            .run_internal("mail.block", Mode::Write, move |tx, env| block_mailbox(tx, env, &email, blocked))
            .await
    }

    /// The blocked mailboxes, sorted.
    pub async fn blocked(&self) -> Result<Vec<MailQuota>, StoreError> {
        self.units.run_internal("mail.list_blocked", Mode::Read, |tx, _| tx.blocked_mailboxes()).await
    }
}
