use crate::invitation::{LinkKey, SecureId};

/// Derives the secret half of invitation links with keys that only the server has.
pub trait LinkKeys: Send + Sync {
    /// The key of one generation of an invitation, made with the newest server key. Deterministic: a mail that is
    /// sent twice carries the same link. Keys of two generations or two invitations tell nothing about each other.
    fn key(&self, secure_id: &SecureId, generation: u32) -> LinkKey;

    /// The generation for which `presented` is the key, under any server key still accepted; `None` when it is no key
    /// of that invitation. Compares in constant time.
    fn generation_of(&self, secure_id: &SecureId, presented: &str) -> Option<u32>;
}
