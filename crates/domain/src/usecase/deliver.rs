//! Deliver the outbox: claim mails under a lease, send them outside of any transaction, settle what came of it.

use std::collections::BTreeMap;

use crate::{
    Timestamp,
    env::Env,
    id::{AccountId, PersonId},
    invitation::{Status, code, page_url},
    outbox::{InvitationMail, LeaseToken, Mail, MailState, NextStep},
    port::{SendError, StoreError, Tx, store::Settlement},
    text::DisplayText,
};

/// A mail that a worker holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The stored row.
    pub mail: Mail,
    /// The lease under which it is held.
    pub lease: LeaseToken,
    /// When its invitation ends, and with it every try.
    pub expires_at: Timestamp,
    /// What to send.
    pub content: InvitationMail,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The relay has it.
    Relayed,
    /// Tried again at this moment.
    Retry(Timestamp),
    /// Given up.
    Dead,
    /// The lease ended while sending; another worker has the mail, and this result was not written.
    LeaseLost,
}

/// Claims up to `limit` due mails. Those that cannot be read become dead; those whose invitation was answered, revoked, resent or expired in the meantime are
/// cancelled and not among the answer, so an empty answer does not mean an empty outbox.
pub fn claim(tx: &mut dyn Tx, env: &Env, limit: u32) -> Result<Vec<Delivery>, StoreError> {
    let now = env.now();
    let lease = LeaseToken::generate(env.entropy.as_ref());
    let mut deliveries = Vec::new();
    let mut known = Known::default();
    for mail in tx.claim_mails(now, now + env.policy.retry.lease, &lease, limit)? {
        match content(tx, env, &mut known, &mail, now) {
            Ok(Some((content, expires_at))) => {
                deliveries.push(Delivery { mail, lease: lease.clone(), expires_at, content });
            }
            Ok(None) => drop_mail(tx, &mail, &lease, MailState::Cancelled, None, now)?,
            // Nothing can be sent for it, now or later, and other mails must not wait for it.
            Err(error @ StoreError::Corrupt { .. }) => {
                drop_mail(tx, &mail, &lease, MailState::Dead, Some(error.to_string()), now)?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(deliveries)
}

/// Writes what came of a delivery.
pub fn settle(
    tx: &mut dyn Tx,
    env: &Env,
    delivery: &Delivery,
    result: &Result<(), SendError>,
) -> Result<Settled, StoreError> {
    let (outcome, settlement) = judge(env, delivery, result);
    let held = tx.settle_mail(delivery.mail.id, &delivery.lease, &settlement)?;
    Ok(if held { outcome } else { Settled::LeaseLost })
}

fn judge(env: &Env, delivery: &Delivery, result: &Result<(), SendError>) -> (Settled, Settlement) {
    let now = env.now();
    let mail = &delivery.mail;
    let settle = |state, attempts, due_at, error| Settlement { state, attempts, due_at, error, at: now };
    let Err(error) = result else {
        return (Settled::Relayed, settle(MailState::Relayed, mail.attempts, now, None));
    };
    let reason = Some(error.to_string());
    let policy = &env.policy.retry;
    match policy.after_failure(
        error,
        mail.attempts,
        mail.created_at,
        delivery.expires_at,
        now,
        env.entropy.as_ref(),
    ) {
        NextStep::Retry { due_at, counts } => {
            let attempts = mail.attempts.saturating_add(u32::from(counts));
            (Settled::Retry(due_at), settle(MailState::Queued, attempts, due_at, reason))
        }
        NextStep::GiveUp => {
            (Settled::Dead, settle(MailState::Dead, mail.attempts.saturating_add(1), now, reason))
        }
    }
}

/// What the mail says, if it still should be sent.
fn content(
    tx: &mut dyn Tx,
    env: &Env,
    known: &mut Known,
    mail: &Mail,
    now: Timestamp,
) -> Result<Option<(InvitationMail, Timestamp)>, StoreError> {
    let invitation = tx.invitation(mail.account_id, mail.invitation_id)?;
    let current = invitation.filter(|invitation| {
        invitation.status_at(now) == Status::Pending && invitation.generation == mail.generation
    });
    let (Some(invitation), Some(account_title)) = (current, known.title(tx, mail.account_id)?) else {
        return Ok(None);
    };
    let inviter_name = match invitation.sponsor {
        Some(sponsor) => known.name(tx, sponsor)?,
        None => None,
    };
    let key = env.keys.key(&invitation.secure_id, invitation.generation);
    let content = InvitationMail {
        reference: mail.reference.clone(),
        to: invitation.email.clone(),
        to_name: invitation.name.clone(),
        locale: invitation.locale.clone(),
        account_title,
        inviter_name,
        roles: invitation.grant.roles().iter().map(ToString::to_string).collect(),
        code: code(&invitation.secure_id, &key),
        link: page_url(&env.policy.public_url, &invitation.secure_id, &key),
        expires_at: invitation.expires_at,
        created_at: mail.created_at,
    };
    Ok(Some((content, invitation.expires_at)))
}

/// Accounts and sponsors looked up in one claim: mails that are due together are mostly of a few people.
#[derive(Default)]
struct Known {
    titles: BTreeMap<AccountId, Option<DisplayText>>,
    names: BTreeMap<PersonId, Option<DisplayText>>,
}

impl Known {
    fn title(&mut self, tx: &mut dyn Tx, account: AccountId) -> Result<Option<DisplayText>, StoreError> {
        keep(&mut self.titles, account, || Ok(tx.account(account)?.map(|account| account.title)))
    }

    fn name(&mut self, tx: &mut dyn Tx, person: PersonId) -> Result<Option<DisplayText>, StoreError> {
        keep(&mut self.names, person, || Ok(tx.person(person)?.map(|person| person.name)))
    }
}

fn keep<K: Ord + Copy, V: Clone>(
    known: &mut BTreeMap<K, V>,
    key: K,
    look_up: impl FnOnce() -> Result<V, StoreError>,
) -> Result<V, StoreError> {
    if let Some(value) = known.get(&key) {
        return Ok(value.clone());
    }
    let value = look_up()?;
    known.insert(key, value.clone());
    Ok(value)
}

/// Ends a mail that is not sent.
fn drop_mail(
    tx: &mut dyn Tx,
    mail: &Mail,
    lease: &LeaseToken,
    state: MailState,
    error: Option<String>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let settlement = Settlement { state, attempts: mail.attempts, due_at: now, error, at: now };
    tx.settle_mail(mail.id, lease, &settlement)?;
    Ok(())
}
