//! Deliver the outbox: claim mails under a lease, send them outside of any transaction, and settle the result.

use std::collections::BTreeMap;

use crate::{
    Timestamp,
    env::Env,
    id::{AccountId, PersonId},
    invitation::{Status, code, page_url},
    outbox::{Destination, InvitationMail, LeaseToken, Mail, MailState, NextStep},
    person::Inviter,
    port::{
        SendError, StoreError, Tx,
        store::{MailClaim, Settlement},
    },
    text::DisplayText,
};

/// A mail that a worker has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The stored row.
    pub mail: Mail,
    /// The worker's lease.
    pub lease: LeaseToken,
    /// When the invitation expires, after which no attempt is made.
    pub expires_at: Timestamp,
    /// What to send.
    pub content: InvitationMail,
}

/// The result of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The relay accepted it.
    Relayed,
    /// Attempted again at this moment.
    Retry(Timestamp),
    /// Given up.
    Dead,
    /// Another worker claimed the mail after the lease had expired. This result was not stored.
    LeaseLost,
}

/// Whose turn it is, and what has to wait.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turn {
    /// The account that had the last turn.
    pub after: Option<AccountId>,
    /// Destinations that are slow: their mails wait.
    pub slow: Vec<Destination>,
}

/// The result of a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claimed {
    /// The mails to send.
    pub deliveries: Vec<Delivery>,
    /// The account that had the last turn. `None` if nothing was due.
    pub last: Option<AccountId>,
}

/// Claims up to `limit` due mails. Mails that cannot be read become dead. Mails whose invitation was answered, revoked
/// or resent, or has expired, are cancelled. Neither kind is returned, so an empty result does not mean an empty
/// outbox.
pub fn claim(tx: &mut dyn Tx, env: &Env, turn: &Turn, limit: u32) -> Result<Claimed, StoreError> {
    let now = env.now();
    let lease = LeaseToken::generate(env.entropy.as_ref());
    let until = now + env.policy.retry.lease;
    let claim = MailClaim { now, until, token: &lease, limit, after: turn.after, except: &turn.slow };
    let mut claimed = Claimed::default();
    let mut names = Names::default();
    for mail in tx.claim_mails(&claim)? {
        claimed.last = Some(mail.account_id);
        match content(tx, env, &mut names, &mail, now) {
            Ok(Some((content, expires_at))) => {
                claimed.deliveries.push(Delivery { mail, lease: lease.clone(), expires_at, content });
            }
            Ok(None) => drop_mail(tx, &mail, &lease, MailState::Cancelled, None, now)?,
            // It can never be sent, and other mails must not wait for it.
            Err(error @ StoreError::Corrupt { .. }) => {
                drop_mail(tx, &mail, &lease, MailState::Dead, Some(error.to_string()), now)?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(claimed)
}

/// Stores the result of a delivery.
pub fn settle(
    tx: &mut dyn Tx,
    env: &Env,
    delivery: &Delivery,
    result: &Result<(), SendError>,
) -> Result<Settled, StoreError> {
    let (outcome, settlement) = judge(env, delivery, result);
    let held = tx.settle_mail(&delivery.mail, &delivery.lease, &settlement)?;
    Ok(if held { outcome } else { Settled::LeaseLost })
}

fn judge(env: &Env, delivery: &Delivery, result: &Result<(), SendError>) -> (Settled, Settlement) {
    let now = env.now();
    let mail = &delivery.mail;
    let is_refusal = matches!(result, Err(SendError::Permanent { .. } | SendError::Unconfirmed { .. }));
    let refused_at = mail.refused_at.or_else(|| is_refusal.then_some(now));
    let settle =
        |state, attempts, due_at, error| Settlement { state, attempts, due_at, error, refused_at, at: now };
    let Err(error) = result else {
        return (Settled::Relayed, settle(MailState::Relayed, mail.attempts, now, None));
    };
    let reason = Some(error.to_string());
    let policy = &env.policy.retry;
    match policy.after_failure(
        error,
        mail.attempts,
        mail.queued_at,
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

/// The content of a mail and the expiry of its invitation; `None` for a mail that is obsolete.
fn content(
    tx: &mut dyn Tx,
    env: &Env,
    names: &mut Names,
    mail: &Mail,
    now: Timestamp,
) -> Result<Option<(InvitationMail, Timestamp)>, StoreError> {
    let invitation = tx.invitation(mail.account_id, mail.invitation_id)?;
    let current = invitation.filter(|invitation| {
        invitation.status_at(now) == Status::Pending && invitation.generation == mail.generation
    });
    let (Some(invitation), Some(account_title)) = (current, names.title(tx, mail.account_id)?) else {
        return Ok(None);
    };
    let inviter = match invitation.sponsor {
        Some(sponsor) => names.inviter(tx, sponsor)?,
        None => None,
    };
    let key = env.keys.key(&invitation.secure_id, invitation.generation);
    let content = InvitationMail {
        reference: mail.reference.clone(),
        to: invitation.email.clone(),
        to_name: invitation.name.clone(),
        locale: invitation.locale.clone(),
        account_title,
        inviter,
        roles: invitation.grant.roles().iter().map(ToString::to_string).collect(),
        code: code(&invitation.secure_id, &key),
        link: page_url(&env.policy.public_url, &invitation.secure_id, &key),
        expires_at: invitation.expires_at,
        created_at: mail.created_at,
    };
    Ok(Some((content, invitation.expires_at)))
}

/// The account titles and the sponsors of one claim. Mails that are due together usually have only a few different
/// ones.
#[derive(Default)]
struct Names {
    titles: BTreeMap<AccountId, Option<DisplayText>>,
    inviters: BTreeMap<PersonId, Option<Inviter>>,
}

impl Names {
    fn title(&mut self, tx: &mut dyn Tx, account: AccountId) -> Result<Option<DisplayText>, StoreError> {
        look_up_once(&mut self.titles, account, || Ok(tx.account(account)?.map(|account| account.title)))
    }

    fn inviter(&mut self, tx: &mut dyn Tx, person: PersonId) -> Result<Option<Inviter>, StoreError> {
        look_up_once(&mut self.inviters, person, || Ok(tx.person(person)?.map(Inviter::from)))
    }
}

fn look_up_once<K: Ord + Copy, V: Clone>(
    values: &mut BTreeMap<K, V>,
    key: K,
    look_up: impl FnOnce() -> Result<V, StoreError>,
) -> Result<V, StoreError> {
    if let Some(value) = values.get(&key) {
        return Ok(value.clone());
    }
    let value = look_up()?;
    values.insert(key, value.clone());
    Ok(value)
}

/// Settles a mail that is not sent.
fn drop_mail(
    tx: &mut dyn Tx,
    mail: &Mail,
    lease: &LeaseToken,
    state: MailState,
    error: Option<String>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (attempts, refused_at) = (mail.attempts, mail.refused_at);
    let settlement = Settlement { state, attempts, due_at: now, error, refused_at, at: now };
    tx.settle_mail(mail, lease, &settlement)?;
    Ok(())
}
