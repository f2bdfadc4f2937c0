use crate::{
    Timestamp,
    audit::{AuditAction, AuditActor, AuditEvent},
    env::Env,
    id::{AccountId, PersonId},
    invitation::{Invitation, Status},
    outbox::{Destination, NewMail},
    port::{StoreError, Tx},
    token::Token,
};

/// The audit entry of an invitation.
pub(super) fn event(
    invitation: &Invitation,
    action: AuditAction,
    actor: AuditActor,
    person: Option<PersonId>,
    at: Timestamp,
) -> AuditEvent {
    let (account, invitation) = (Some(invitation.account_id), Some(invitation.id));
    AuditEvent { at, actor, action, account, invitation, person }
}

/// Writes the audit entry of an invitation.
pub(super) fn record(
    tx: &mut dyn Tx,
    invitation: &Invitation,
    action: AuditAction,
    actor: AuditActor,
    person: Option<PersonId>,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.record(&[event(invitation, action, actor, person, at)])
}

/// Writes the audit entry of an operator's action.
pub(super) fn record_by_operator(
    tx: &mut dyn Tx,
    env: &Env,
    action: AuditAction,
    person: Option<PersonId>,
    account: Option<AccountId>,
) -> Result<(), StoreError> {
    let (at, actor) = (env.now(), AuditActor::Operator);
    tx.record(&[AuditEvent { at, actor, action, account, invitation: None, person }])
}

/// Queues a mail for the current generation of each invitation.
pub(super) fn queue_mails<'a>(
    tx: &mut dyn Tx,
    env: &Env,
    invitations: impl IntoIterator<Item = &'a Invitation>,
) -> Result<(), StoreError> {
    let mails = invitations.into_iter().map(|invitation| NewMail {
        reference: Token::generate_at(invitation.sent_at, env.entropy.as_ref()),
        destination: Destination::of_mail(&invitation.email),
        account_id: invitation.account_id,
        invitation_id: invitation.id,
        generation: invitation.generation,
        created_at: invitation.sent_at,
    });
    tx.enqueue(&mails.collect::<Vec<_>>())
}

/// Stores the expiry of an overdue invitation. `false` when it is not overdue.
pub(super) fn expire(
    tx: &mut dyn Tx,
    invitation: &mut Invitation,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !invitation.expire(now) {
        return Ok(false);
    }
    tx.update_invitation(invitation)?;
    record(tx, invitation, AuditAction::InvitationExpired, AuditActor::System, None, now)?;
    Ok(true)
}

/// Whether the stored pending invitation still occupies its address. If it is overdue, stores its expiry.
pub(super) fn is_taken(
    tx: &mut dyn Tx,
    stored: Option<Invitation>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(mut other) = stored else { return Ok(false) };
    debug_assert_eq!(other.status, Status::Pending, "only what is stored as pending can be in the way");
    Ok(!expire(tx, &mut other, now)?)
}
