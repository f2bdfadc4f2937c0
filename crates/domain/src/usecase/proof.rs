use crate::{
    env::Env,
    invitation::{Invitation, KeyProof, prove},
    principal::Principal,
};

/// What somebody at an invitation could show about the invited mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mailbox {
    /// The key of the newest mail, or a verified e-mail claim equal to the invited address.
    Proven,
    /// The key of an older mail: the mailbox is proven, the link is not good any more.
    Replaced,
    /// Nothing.
    Unproven,
}

/// Judges key and principal against the stored row; nothing in the request says what the address is.
pub(super) fn mailbox(
    env: &Env,
    invitation: &Invitation,
    key: Option<&str>,
    by: Option<&Principal>,
) -> Mailbox {
    let by_claim =
        by.is_some_and(|principal| principal.email_verified && principal.email == invitation.email);
    match prove(env.keys.as_ref(), invitation, key) {
        _ if by_claim => Mailbox::Proven,
        KeyProof::Current => Mailbox::Proven,
        KeyProof::Replaced => Mailbox::Replaced,
        KeyProof::None => Mailbox::Unproven,
    }
}

/// As [`mailbox`], under the deployment's policy: with `accept_by_possession` whoever is signed in and names the
/// invitation may answer it.
pub(super) fn standing(
    env: &Env,
    invitation: &Invitation,
    key: Option<&str>,
    by: Option<&Principal>,
) -> Mailbox {
    match mailbox(env, invitation, key, by) {
        Mailbox::Unproven if by.is_some() && env.policy.accept_by_possession => Mailbox::Proven,
        proof => proof,
    }
}
