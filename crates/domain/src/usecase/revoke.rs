//! Revoke an invitation.

use super::{record::record, unit_error};
use crate::{
    Timestamp,
    audit::{AuditAction, AuditActor},
    env::Env,
    invitation::{Invitation, InvitationRef},
    port::{StoreError, Tx},
    principal::Actor,
    role::Permission,
};

/// Why an invitation was not revoked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevokeError {
    /// The actor may not invite, and so may not revoke.
    #[error("your roles in this account do not allow deleting invitations")]
    Forbidden,
    /// The invitation grants more than the actor may grant.
    #[error("this invitation grants roles or permissions that you do not hold yourself")]
    AboveCeiling,
    /// The account has no such pending or expired invitation.
    #[error("there is no pending invitation with this id")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(RevokeError {
    Self::Forbidden => "forbidden",
    Self::AboveCeiling => "above_ceiling",
    Self::NotFound => "not_found",
});

/// Revokes a pending or expired invitation that the actor could make. An actor with every permission revokes any invitation of
/// the account, because an invitation whose role no longer exists would otherwise block its address for good. A queued mail of
/// the invitation is not sent.
pub fn revoke(tx: &mut dyn Tx, env: &Env, actor: &Actor, named: &InvitationRef) -> Result<(), RevokeError> {
    if !actor.may(Permission::InviteMembers) {
        return Err(RevokeError::Forbidden);
    }
    let now = env.now();
    let found = match named {
        InvitationRef::Number(id) => tx.invitation(actor.account.id, *id)?,
        InvitationRef::PublicId(id) => tx.invitation_by_public_id(actor.account.id, id)?,
        InvitationRef::Nothing => None,
    };
    let mut invitation = found.ok_or(RevokeError::NotFound)?;
    let allowed = actor.may_take_back(&invitation.grant);
    invitation.revoke(actor.person.id, now).map_err(|_| RevokeError::NotFound)?;
    if !allowed {
        return Err(RevokeError::AboveCeiling);
    }
    write(tx, &invitation, AuditActor::Person(actor.person.id), now)
}

/// As [`revoke`], for an operator.
pub(super) fn revoke_as_operator(
    tx: &mut dyn Tx,
    env: &Env,
    mut invitation: Invitation,
) -> Result<Invitation, RevokeError> {
    let now = env.now();
    invitation.revoke(None, now).map_err(|_| RevokeError::NotFound)?;
    write(tx, &invitation, AuditActor::Operator, now)?;
    Ok(invitation)
}

fn write(tx: &mut dyn Tx, revoked: &Invitation, by: AuditActor, now: Timestamp) -> Result<(), RevokeError> {
    tx.update_invitation(revoked)?;
    record(tx, revoked, AuditAction::InvitationRevoked, by, None, now)?;
    Ok(())
}

/// Checks the right to see the response to a revocation again.
pub fn authorize_replay(actor: &Actor) -> Result<(), RevokeError> {
    if actor.may(Permission::InviteMembers) { Ok(()) } else { Err(RevokeError::Forbidden) }
}
