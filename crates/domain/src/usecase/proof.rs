use crate::{
    env::Env,
    invitation::{Invitation, KeyProof, prove},
    principal::Principal,
};

/// What a caller proved about the mailbox that an invitation was sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MailboxProof {
    /// The key of the newest mail, or a verified e-mail claim that equals the invited address.
    Proven,
    /// The key of an older mail: the caller reads the mailbox, but the link no longer works.
    Replaced,
    /// Nothing.
    Unproven,
}

/// Compares key and principal with the stored invitation. The request itself does not say which address was invited.
pub(super) fn mailbox_proof(
    env: &Env,
    invitation: &Invitation,
    key: Option<&str>,
    principal: Option<&Principal>,
) -> MailboxProof {
    let by_claim =
        principal.is_some_and(|principal| principal.email_verified && principal.email == invitation.email);
    match prove(env.keys.as_ref(), invitation, key) {
        _ if by_claim => MailboxProof::Proven,
        KeyProof::Current => MailboxProof::Proven,
        KeyProof::Replaced => MailboxProof::Replaced,
        KeyProof::None => MailboxProof::Unproven,
    }
}

/// As [`mailbox_proof`], but with the policy `accept_by_possession` a principal who names the invitation needs no proof.
pub(super) fn proof_by_policy(
    env: &Env,
    invitation: &Invitation,
    key: Option<&str>,
    principal: Option<&Principal>,
) -> MailboxProof {
    match mailbox_proof(env, invitation, key, principal) {
        MailboxProof::Unproven if principal.is_some() && env.policy.accept_by_possession => {
            MailboxProof::Proven
        }
        proof => proof,
    }
}
