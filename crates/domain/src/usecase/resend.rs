//! Resend an invitation: the same invitation with a new link key and a new term.

use chrono::TimeDelta;

use super::{
    mail_limits::{MailCounts, WantedMail, history_begins},
    record::{is_taken, queue_mails, record},
    unit_error,
};
use crate::{
    audit::{AuditAction, AuditActor},
    env::Env,
    id::{InvitationId, PersonId},
    invitation::{Invitation, Status},
    outbox::MailRefusal,
    port::{
        StoreError, Tx,
        store::{Addressee, Constraint},
    },
    principal::Actor,
    role::Permission,
};

/// Why an invitation was not resent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResendError {
    /// The actor may not invite.
    #[error("your roles in this account do not allow sending invitations")]
    Forbidden,
    /// The invitation grants more than the actor may grant. The actor would become its sponsor.
    #[error("this invitation grants roles or permissions that you do not hold yourself")]
    AboveCeiling,
    /// The account has no such pending or expired invitation.
    #[error("there is no pending invitation with this id")]
    NotFound,
    /// The invitation has expired, and its address has a newer, open invitation.
    #[error("{0} has a newer pending invitation to this account; resend that one")]
    AlreadyInvited(String),
    /// The last mail was sent less than the resend interval ago. Holds the time left to wait.
    #[error("this invitation was sent a moment ago; try again in {} seconds", .0.num_seconds().max(1))]
    TooSoon(TimeDelta),
    /// The mail may not be queued.
    #[error(transparent)]
    Mail(#[from] MailRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(ResendError {
    Self::Forbidden => "forbidden",
    Self::AboveCeiling => "above_ceiling",
    Self::NotFound => "not_found",
    Self::AlreadyInvited(_) => "already_invited",
    Self::TooSoon(_) | Self::Mail(MailRefusal::TooSoon(_)) => "too_soon",
    Self::Mail(MailRefusal::Declined(_)) => "recipient_declined",
    Self::Mail(MailRefusal::Blocked) => "recipient_blocked",
    Self::Mail(_) => "mail_limit",
});

/// Renews a pending or expired invitation and queues its next mail. The keys of older mails stop working. The actor becomes its
/// sponsor, so an invitation whose sponsor lost the right to make it works again.
pub fn resend(
    tx: &mut dyn Tx,
    env: &Env,
    actor: &Actor,
    id: InvitationId,
) -> Result<Invitation, ResendError> {
    if !actor.may(Permission::InviteMembers) {
        return Err(ResendError::Forbidden);
    }
    let now = env.now();
    let invitation = tx.invitation(actor.account.id, id)?.ok_or(ResendError::NotFound)?;
    if !matches!(invitation.status_at(now), Status::Pending | Status::Expired) || invitation.is_erased() {
        return Err(ResendError::NotFound);
    }
    if !actor.may_hand_out(&invitation.grant) {
        return Err(ResendError::AboveCeiling);
    }
    renew(tx, env, invitation, Some(actor.person.id))
}

/// As [`resend`], for an operator. The sponsor stays the same.
pub(super) fn resend_as_operator(
    tx: &mut dyn Tx,
    env: &Env,
    invitation: Invitation,
) -> Result<Invitation, ResendError> {
    renew(tx, env, invitation, None)
}

/// Renews the invitation for a person, or for an operator, and queues its next mail.
fn renew(
    tx: &mut dyn Tx,
    env: &Env,
    mut invitation: Invitation,
    person: Option<PersonId>,
) -> Result<Invitation, ResendError> {
    let now = env.now();
    if !matches!(invitation.status_at(now), Status::Pending | Status::Expired) || invitation.is_erased() {
        return Err(ResendError::NotFound);
    }
    let next = invitation.sent_at + env.policy.resend_interval;
    if now < next {
        return Err(ResendError::TooSoon(next - now));
    }
    let addressee = Addressee { account: invitation.account_id, email: &invitation.email };
    let mut history = tx.histories(&[addressee], history_begins(now))?.pop().unwrap_or_default();
    if invitation.status == Status::Expired && is_taken(tx, history.pending.take(), now)? {
        return Err(ResendError::AlreadyInvited(invitation.email.to_string()));
    }
    let mail = WantedMail { account: invitation.account_id, inviter: person, to: &invitation.email.clone() };
    let mut counts = MailCounts::read(tx, env, [mail], now)?;
    counts.take(mail, &history)?;
    counts.store(tx)?;
    invitation.renew(person, now).map_err(|_| ResendError::NotFound)?;
    match tx.update_invitation(&invitation) {
        Err(StoreError::Conflict(Constraint::PendingInvitation)) => {
            return Err(ResendError::AlreadyInvited(invitation.email.to_string()));
        }
        other => other?,
    }
    queue_mails(tx, env, [&invitation])?;
    let by = person.map_or(AuditActor::Operator, AuditActor::Person);
    record(tx, &invitation, AuditAction::InvitationResent, by, None, now)?;
    Ok(invitation)
}

/// Checks the right to see the response to a resend again, whatever became of the invitation: it shows the secure id.
pub fn authorize_replay(tx: &mut dyn Tx, actor: &Actor, id: InvitationId) -> Result<(), ResendError> {
    if !actor.may(Permission::InviteMembers) {
        return Err(ResendError::Forbidden);
    }
    match tx.invitation(actor.account.id, id)? {
        Some(invitation) if !actor.may_hand_out(&invitation.grant) => Err(ResendError::AboveCeiling),
        _ => Ok(()),
    }
}
