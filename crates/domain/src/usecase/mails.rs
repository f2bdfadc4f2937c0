//! The mail queue for operators: list mails, retry dead ones, and block mailboxes.

use super::unit_error;
use crate::{
    account::{AccountName, PublicId},
    address::EmailAddress,
    audit::{AuditAction, AuditActor, AuditEvent},
    env::Env,
    id::AccountId,
    invitation::Invitation,
    outbox::{Mail, MailQuota, MailState, Mailbox, QuotaSubject},
    port::{
        StoreError, Tx,
        store::{DeadMails, MailFilter},
    },
};

/// A mail with what an operator needs to recognize it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedMail {
    /// The mail.
    pub mail: Mail,
    /// The name of its account.
    pub account: Option<AccountName>,
    /// Its recipient. `None` if the invitation cannot be read.
    pub to: Option<EmailAddress>,
}

/// Lists mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListMails {
    /// Mails in this state only.
    pub state: Option<MailState>,
    /// Mails of this account only.
    pub account: Option<AccountName>,
    /// Most mails.
    pub limit: u32,
}

/// Which dead mails to retry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetryMails {
    /// The mail with this reference.
    One(PublicId),
    /// All dead mails of an account.
    OfAccount(AccountName),
    /// All dead mails.
    All,
}

/// Why no mails were listed or retried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailsError {
    /// There is no such account.
    #[error("there is no account named {0}")]
    UnknownAccount(AccountName),
    /// There is no such mail.
    #[error("there is no mail {0}")]
    UnknownMail(PublicId),
    /// The mail is not dead.
    #[error("the mail {0} is {state}, not dead", state = .1.as_str())]
    NotDead(PublicId, MailState),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(MailsError {
    Self::UnknownAccount(_) => "unknown_account",
    Self::UnknownMail(_) => "unknown_mail",
    Self::NotDead(..) => "not_dead",
});

/// Lists mails, the newest first.
pub fn list_mails(tx: &mut dyn Tx, command: &ListMails) -> Result<Vec<ListedMail>, MailsError> {
    let account = command.account.as_ref().map(|name| account_id(tx, name)).transpose()?;
    let filter = MailFilter { state: command.state, account, limit: command.limit };
    let mails = tx.mails(&filter)?;
    mails.into_iter().map(|mail| Ok(listed(tx, mail)?)).collect()
}

/// Returns the mail with a reference.
pub fn show_mail(tx: &mut dyn Tx, reference: &PublicId) -> Result<ListedMail, MailsError> {
    let mail = tx.mail_by_reference(reference)?;
    let mail = mail.ok_or_else(|| MailsError::UnknownMail(reference.clone()))?;
    Ok(listed(tx, mail)?)
}

/// Queues dead mails again, at most `limit` of them. Returns their number. Run it until it returns less than `limit`. Mails
/// whose invitation has ended are cancelled when they are claimed.
pub fn retry_mails(
    tx: &mut dyn Tx,
    env: &Env,
    command: &RetryMails,
    limit: u32,
) -> Result<usize, MailsError> {
    let which = match command {
        RetryMails::All => DeadMails::All,
        RetryMails::OfAccount(name) => DeadMails::OfAccount(account_id(tx, name)?),
        RetryMails::One(reference) => {
            let mail = show_mail(tx, reference)?.mail;
            if mail.state != MailState::Dead {
                return Err(MailsError::NotDead(reference.clone(), mail.state));
            }
            DeadMails::One(mail.id)
        }
    };
    Ok(tx.retry_dead_mails(which, env.now(), limit)?)
}

/// Blocks the mailbox of an address, or ends its block, for an operator. Returns whether anything changed.
pub fn block_mailbox(
    tx: &mut dyn Tx,
    env: &Env,
    email: &EmailAddress,
    blocked: bool,
) -> Result<bool, StoreError> {
    set_blocked(tx, env, email, blocked, (AuditActor::Operator, None))
}

/// Blocks the mailbox of an address, or ends its block: no account can have mails sent to a blocked mailbox. Returns whether
/// anything changed. A change is recorded, with the invitation whose link chose it.
pub(super) fn set_blocked(
    tx: &mut dyn Tx,
    env: &Env,
    email: &EmailAddress,
    blocked: bool,
    (actor, invitation): (AuditActor, Option<&Invitation>),
) -> Result<bool, StoreError> {
    let at = env.now();
    let subject = QuotaSubject::Mailbox(Mailbox::of(email)).to_text();
    let stored = tx.mail_quotas(std::slice::from_ref(&subject))?.pop();
    let mut quota = stored.unwrap_or_else(|| MailQuota::empty(subject, at));
    if quota.blocked_at.is_some() == blocked {
        return Ok(false);
    }
    quota.blocked_at = blocked.then_some(at);
    tx.put_mail_quotas(&[quota])?;
    let action = if blocked { AuditAction::MailboxBlocked } else { AuditAction::MailboxUnblocked };
    let person = tx.person_by_email(email)?.map(|person| person.id);
    let account = invitation.map(|invitation| invitation.account_id);
    let invitation = invitation.map(|invitation| invitation.id);
    tx.record(&[AuditEvent { at, actor, action, account, invitation, person }])?;
    Ok(true)
}

fn account_id(tx: &mut dyn Tx, name: &AccountName) -> Result<AccountId, MailsError> {
    let account = tx.account_by_name(name)?;
    Ok(account.ok_or_else(|| MailsError::UnknownAccount(name.clone()))?.id)
}

fn listed(tx: &mut dyn Tx, mail: Mail) -> Result<ListedMail, StoreError> {
    let account = tx.account(mail.account_id)?.map(|account| account.name);
    let to = match tx.invitation(mail.account_id, mail.invitation_id) {
        Ok(invitation) => invitation.map(|invitation| invitation.email),
        Err(StoreError::Corrupt { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(ListedMail { mail, account, to })
}
