//! Reopen a declined invitation: the invitee changed their mind, or somebody else declined.

use super::{
    record::{is_taken, record},
    unit_error,
};
use crate::{
    audit::{AuditAction, AuditActor},
    env::Env,
    invitation::{KeyProof, SecureId, Status, prove},
    port::{
        StoreError, Tx,
        store::{Addressee, Constraint},
    },
};

/// Reopens an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reopen {
    /// From the link.
    pub secure_id: SecureId,
    /// From the link. It is the only proof.
    pub key: String,
}

/// Why an invitation was not reopened. Only callers who proved the mailbox get more than `NotFound`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReopenError {
    /// The invitation is unknown, or the key is not its key.
    #[error("there is no such invitation")]
    NotFound,
    /// The key is that of an older mail.
    #[error("a newer invitation mail was sent; use the link in the newest one")]
    Replaced,
    /// The invitation is not declined, or has expired since. It has this status.
    #[error("this invitation is {}", .0.as_str())]
    NotDeclined(Status),
    /// The address has a newer, open invitation to the account.
    #[error("there is a newer invitation to this account; use the link in its mail")]
    NewerInvitation,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(ReopenError {
    Self::NotFound => "not_found",
    Self::Replaced => "link_replaced",
    Self::NotDeclined(_) => "not_declined",
    Self::NewerInvitation => "newer_invitation",
});

/// Makes a declined invitation pending again, until the same expiry and with the same link.
pub fn reopen(tx: &mut dyn Tx, env: &Env, command: &Reopen) -> Result<(), ReopenError> {
    let mut invitation = tx.invitation_by_secure_id(&command.secure_id)?.ok_or(ReopenError::NotFound)?;
    match prove(env.keys.as_ref(), &invitation, Some(&command.key)) {
        KeyProof::Current => {}
        KeyProof::Replaced => return Err(ReopenError::Replaced),
        KeyProof::None => return Err(ReopenError::NotFound),
    }
    if invitation.is_erased() {
        return Err(ReopenError::NotFound);
    }
    let now = env.now();
    invitation.reopen(now).map_err(|other| ReopenError::NotDeclined(other.0))?;
    let addressee = Addressee { account: invitation.account_id, email: &invitation.email };
    let pending = tx.pending_invitations(&[addressee])?.into_iter().next().flatten();
    if is_taken(tx, pending, now)? {
        return Err(ReopenError::NewerInvitation);
    }
    match tx.update_invitation(&invitation) {
        Err(StoreError::Conflict(Constraint::PendingInvitation)) => return Err(ReopenError::NewerInvitation),
        other => other?,
    }
    record(tx, &invitation, AuditAction::InvitationReopened, AuditActor::Invitee, None, now)?;
    Ok(())
}
