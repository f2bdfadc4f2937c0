use super::Invitation;
use crate::port::LinkKeys;

/// What a presented link key proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProof {
    /// It is the key of the newest mail: the caller reads the mailbox.
    Current,
    /// It is the key of an older mail: the caller reads the mailbox, but the link was replaced.
    Replaced,
    /// It is not a key of this invitation.
    None,
}

/// Compares a presented key with the invitation's current generation.
#[must_use]
pub fn prove(keys: &dyn LinkKeys, invitation: &Invitation, presented: Option<&str>) -> KeyProof {
    let generation = presented.and_then(|key| keys.generation_of(&invitation.secure_id, key));
    match generation {
        Some(generation) if generation == invitation.generation => KeyProof::Current,
        Some(generation) if generation < invitation.generation => KeyProof::Replaced,
        _ => KeyProof::None,
    }
}
