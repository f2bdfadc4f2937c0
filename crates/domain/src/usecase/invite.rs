//! Invite somebody to the account.

use chrono::TimeDelta;

use super::{
    record::{Invited, is_taken, promise_mail, record},
    unit_error,
};
use crate::{
    address::EmailAddress,
    audit::{AuditAction, AuditActor},
    env::Env,
    invitation::{Invitation, NewInvitation},
    port::{StoreError, Tx, store::Constraint},
    principal::Actor,
    role::{Grant, Permission},
    text::DisplayText,
    token::Token,
};

/// Whom to invite, as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The address.
    pub email: EmailAddress,
    /// What to call the invitee.
    pub name: Option<DisplayText>,
    /// The effective grant, after the dialect's defaults.
    pub grant: Grant,
    /// How long it is open, now and after each resending.
    pub validity: TimeDelta,
}

/// Why nobody was invited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// The actor invites nobody.
    #[error("your roles in this account do not allow inviting people")]
    Forbidden,
    /// The actor invites, but not as this.
    #[error("you cannot grant roles or permissions that you do not hold yourself")]
    AboveCeiling,
    /// The address belongs to a member.
    #[error("{0} is already a member of this account")]
    AlreadyMember(String),
    /// The address has an open invitation.
    #[error("{0} already has a pending invitation to this account; resend or delete that one")]
    AlreadyInvited(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(InviteError {
    Self::Forbidden => "forbidden",
    Self::AboveCeiling => "above_ceiling",
    Self::AlreadyMember(_) => "already_member",
    Self::AlreadyInvited(_) => "already_invited",
});

/// Writes the invitation, its audit entry and its mail.
pub fn invite(
    tx: &mut dyn Tx,
    env: &Env,
    actor: &Actor,
    command: &Invite,
) -> Result<Invitation, InviteError> {
    authorize(actor, &command.grant)?;
    let now = env.now();
    let account = actor.account.id;
    if let Some(person) = tx.person_by_email(&command.email)?
        && tx.membership(account, person.id)?.is_some()
    {
        return Err(InviteError::AlreadyMember(command.email.to_string()));
    }
    if is_taken(tx, &Invited { account, email: &command.email }, now)? {
        return Err(InviteError::AlreadyInvited(command.email.to_string()));
    }
    let inserted = tx.insert_invitation(&NewInvitation {
        public_id: Token::generate(env.entropy.as_ref()),
        secure_id: Token::generate(env.entropy.as_ref()),
        account_id: account,
        email: command.email.clone(),
        name: command.name.clone(),
        grant: command.grant.clone(),
        sponsor: actor.person.id,
        created_at: now,
        expires_at: now + command.validity,
    });
    let invitation = match inserted {
        // Somebody was faster between the look and the write.
        Err(StoreError::Conflict(Constraint::PendingInvitation)) => {
            return Err(InviteError::AlreadyInvited(command.email.to_string()));
        }
        other => other?,
    };
    promise_mail(tx, env, &invitation)?;
    let by = AuditActor::Person(actor.person.id);
    record(tx, &invitation, AuditAction::InvitationCreated, by, None, now)?;
    Ok(invitation)
}

fn authorize(actor: &Actor, grant: &Grant) -> Result<(), InviteError> {
    if !actor.may(Permission::InviteMembers) {
        return Err(InviteError::Forbidden);
    }
    if !actor.may_hand_out(grant) {
        return Err(InviteError::AboveCeiling);
    }
    Ok(())
}
