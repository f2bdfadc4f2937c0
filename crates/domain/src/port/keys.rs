use crate::invitation::{LinkKey, SecureId};

/// Derives link keys from secrets that only the server has.
pub trait LinkKeys: Send + Sync {
    /// Derives the link key of one generation of an invitation with the current server secret. It is deterministic, so a mail
    /// that is sent twice has the same link. A key reveals nothing about the keys of other generations and invitations.
    fn key(&self, secure_id: &SecureId, generation: u32) -> LinkKey;

    /// Returns the generation whose key is `presented`, with any accepted server secret. Returns `None` if it is not a key of
    /// this invitation. Compares in constant time.
    fn generation_of(&self, secure_id: &SecureId, presented: &str) -> Option<u32>;
}
