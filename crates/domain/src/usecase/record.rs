use crate::{
    Timestamp,
    audit::{AuditAction, AuditActor, AuditEvent},
    env::Env,
    id::{AccountId, PersonId},
    invitation::{Invitation, Status},
    outbox::NewMail,
    port::{StoreError, Tx},
    token::Token,
};

/// Writes what happened to an invitation.
pub(super) fn record(
    tx: &mut dyn Tx,
    invitation: &Invitation,
    action: AuditAction,
    actor: AuditActor,
    person: Option<PersonId>,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.record(&AuditEvent {
        at,
        actor,
        action,
        account: Some(invitation.account_id),
        invitation: Some(invitation.id),
        person,
    })
}

/// Writes what an operator did.
pub(super) fn record_by_operator(
    tx: &mut dyn Tx,
    env: &Env,
    action: AuditAction,
    person: Option<PersonId>,
    account: Option<AccountId>,
) -> Result<(), StoreError> {
    let (at, actor) = (env.now(), AuditActor::Operator);
    tx.record(&AuditEvent { at, actor, action, account, invitation: None, person })
}

/// Promises the mail of the invitation's current generation.
pub(super) fn promise_mail(tx: &mut dyn Tx, env: &Env, invitation: &Invitation) -> Result<(), StoreError> {
    tx.enqueue(&NewMail {
        reference: Token::generate(env.entropy.as_ref()),
        account_id: invitation.account_id,
        invitation_id: invitation.id,
        generation: invitation.generation,
        created_at: invitation.sent_at,
    })?;
    Ok(())
}

/// Writes down the expiry of an overdue invitation; `false` when it is not overdue.
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

/// Makes room for a pending invitation to the same address: an overdue one is written down as expired. `true` when an
/// open one stays in the way.
pub(super) fn is_taken(tx: &mut dyn Tx, like: &Invited<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let Some(mut other) = tx.pending_invitation(like.account, like.email)? else { return Ok(false) };
    debug_assert_eq!(other.status, Status::Pending, "pending_invitation answers with pending ones only");
    Ok(!expire(tx, &mut other, now)?)
}

/// Whom and whereto: what can be invited once at a time.
pub(super) struct Invited<'a> {
    pub(super) account: AccountId,
    pub(super) email: &'a crate::address::EmailAddress,
}
