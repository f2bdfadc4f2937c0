//! Decline an invitation.

use super::{
    proof::{MailboxProof, proof_by_policy},
    record::record,
    resolve::{ResolveError, identify},
    unit_error,
};
use crate::{
    Timestamp,
    audit::{AuditAction, AuditActor},
    env::Env,
    invitation::{Invitation, SecureId, Status},
    port::{StoreError, Tx},
    principal::Principal,
};

/// Declines an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decline {
    /// From the link.
    pub secure_id: SecureId,
    /// From the link. It is enough proof without a login.
    pub key: Option<String>,
    /// The signed-in caller, if any.
    pub by: Option<Principal>,
}

/// Why an invitation was not declined. Only callers who proved the mailbox get more than `NotFound` and `NotProven`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeclineError {
    /// The invitation is unknown, or it has ended and the caller proved nothing.
    #[error("there is no such invitation")]
    NotFound,
    /// The invitation is open, and the caller has neither its key nor a verified claim of its address.
    #[error("this invitation was sent to {0}: open the link in that mail, or sign in with that address")]
    NotProven(String),
    /// The key is that of an older mail.
    #[error("a newer invitation mail was sent; use the link in the newest one")]
    Replaced,
    /// The invitation has ended, with this status.
    #[error("this invitation is {} already", .0.as_str())]
    Ended(Status),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(DeclineError {
    Self::NotFound => "not_found",
    Self::NotProven(_) => "mailbox_not_proven",
    Self::Replaced => "link_replaced",
    Self::Ended(_) => "ended",
});

/// Closes the invitation as declined.
pub fn decline(tx: &mut dyn Tx, env: &Env, command: &Decline) -> Result<(), DeclineError> {
    let mut invitation = tx.invitation_by_secure_id(&command.secure_id)?.ok_or(DeclineError::NotFound)?;
    let now = env.now();
    let by = principal_in_account(tx, &invitation, command)?;
    judge(env, &invitation, (command, by), now)?;
    let person = match by {
        Some(principal) => match identify(tx, principal) {
            Ok(person) => person.map(|person| person.id),
            Err(ResolveError::Store(error)) => return Err(error.into()),
            Err(_) => None,
        },
        None => None,
    };
    invitation.decline(person, now).map_err(|ended| DeclineError::Ended(ended.0))?;
    tx.update_invitation(&invitation)?;
    let by = person.map_or(AuditActor::Invitee, AuditActor::Person);
    record(tx, &invitation, AuditAction::InvitationDeclined, by, None, now)?;
    Ok(())
}

/// The signed-in caller, unless the caller's issuer gives rights in other accounts only: then the login proves nothing.
fn principal_in_account<'a>(
    tx: &mut dyn Tx,
    invitation: &Invitation,
    command: &'a Decline,
) -> Result<Option<&'a Principal>, StoreError> {
    let Some(principal) = &command.by else { return Ok(None) };
    if principal.accounts.is_none() {
        return Ok(Some(principal));
    }
    let account = tx.account(invitation.account_id)?;
    Ok(account.is_some_and(|account| principal.may_act_in(&account.name)).then_some(principal))
}

fn judge(
    env: &Env,
    invitation: &Invitation,
    (command, by): (&Decline, Option<&Principal>),
    now: Timestamp,
) -> Result<(), DeclineError> {
    let status = invitation.status_at(now);
    match (proof_by_policy(env, invitation, command.key.as_deref(), by), status) {
        (MailboxProof::Unproven, Status::Pending) => Err(DeclineError::NotProven(invitation.email.masked())),
        (MailboxProof::Unproven, _) => Err(DeclineError::NotFound),
        (MailboxProof::Replaced, Status::Pending | Status::Expired) => Err(DeclineError::Replaced),
        (_, Status::Pending) => Ok(()),
        (_, ended) => Err(DeclineError::Ended(ended)),
    }
}
