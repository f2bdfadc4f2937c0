//! Choose, by the link of an invitation, whether the mailbox of the invited address gets invitations.

use super::{mails::set_blocked, unit_error};
use crate::{
    audit::AuditActor,
    env::Env,
    invitation::{Invitation, KeyProof, SecureId, prove},
    outbox::{Mailbox, QuotaSubject},
    port::{StoreError, Tx},
};

/// Blocks the mailbox of an invitation, or ends its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChooseMails {
    /// From the link.
    pub secure_id: SecureId,
    /// From the link. It is the only proof.
    pub key: String,
    /// Whether the owner wants no invitations.
    pub blocked: bool,
}

/// Why the choice was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChooseMailsError {
    /// The link cannot choose: it is unknown, its term is over, or a newer mail replaced it.
    #[error("there is no such invitation")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(ChooseMailsError {
    Self::NotFound => "not_found",
});

/// Blocks or unblocks the mailbox for all accounts. The invitation itself stays as it is. Repeating a choice changes nothing.
pub fn choose_mails(tx: &mut dyn Tx, env: &Env, command: &ChooseMails) -> Result<(), ChooseMailsError> {
    let invitation = chooser(tx, env, &command.secure_id, &command.key)?.ok_or(ChooseMailsError::NotFound)?;
    set_blocked(tx, env, &invitation.email, command.blocked, (AuditActor::Invitee, Some(&invitation)))?;
    Ok(())
}

/// Whether the mailbox is blocked. `None` if this link cannot choose.
pub fn mails_blocked(
    tx: &mut dyn Tx,
    env: &Env,
    secure_id: &SecureId,
    key: &str,
) -> Result<Option<bool>, StoreError> {
    let Some(invitation) = chooser(tx, env, secure_id, key)? else { return Ok(None) };
    let subject = QuotaSubject::Mailbox(Mailbox::of(&invitation.email)).to_text();
    let stored = tx.mail_quotas(&[subject])?.pop();
    Ok(Some(stored.is_some_and(|quota| quota.blocked_at.is_some())))
}

/// The invitation whose link can choose. Its status does not matter: a revoked invitation was still a mail to this mailbox.
fn chooser(
    tx: &mut dyn Tx,
    env: &Env,
    secure_id: &SecureId,
    key: &str,
) -> Result<Option<Invitation>, StoreError> {
    let now = env.now();
    Ok(tx.invitation_by_secure_id(secure_id)?.filter(|invitation| {
        prove(env.keys.as_ref(), invitation, Some(key)) == KeyProof::Current
            && now < invitation.expires_at
            && !invitation.is_erased()
    }))
}
