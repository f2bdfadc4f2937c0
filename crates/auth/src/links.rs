use std::fmt;

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use usher_domain::{
    invitation::{LinkKey, SecureId},
    port::LinkKeys,
};

use crate::secret::SecretRing;

/// Separates this use of a server secret from every other use: the same secret may sign tokens. A token's signing input
/// contains no space, so no signed token reveals the subkey of this label.
const LABEL: &[u8] = b"usher invitation link key v1";

/// Octets of the MAC in a link: 192 bits, 32 characters without padding.
const MAC_OCTETS: usize = 24;

/// Derives link keys of the form `{generation}.{32 characters}`. The characters are the first 24 octets of an HMAC-SHA256
/// over the invitation's id and the generation, in base64url.
///
/// Keys are never stored, so dumps and backups of the database contain no links. After the server secret changes, older
/// links stay valid for as long as the old secret stays in the ring.
pub struct HmacLinkKeys {
    current: hmac::Key,
    previous: Vec<hmac::Key>,
}

impl HmacLinkKeys {
    /// Derives one subkey from each server secret. The current secret makes new links.
    #[must_use]
    pub fn new(secrets: &SecretRing) -> Self {
        let previous = secrets.previous().iter().map(|secret| secret.subkey(LABEL)).collect();
        Self { current: secrets.current().subkey(LABEL), previous }
    }
}

impl LinkKeys for HmacLinkKeys {
    fn key(&self, secure_id: &SecureId, generation: u32) -> LinkKey {
        LinkKey::new(key_text(&self.current, secure_id, generation))
    }

    fn generation_of(&self, secure_id: &SecureId, presented: &str) -> Option<u32> {
        let (generation, _) = presented.split_once('.')?;
        let generation = generation.parse().ok()?;
        // Comparing the whole text allows one spelling only: `01.…` and `+1.…` are rejected.
        let known = std::iter::once(&self.current).chain(&self.previous).any(|subkey| {
            let expected = key_text(subkey, secure_id, generation);
            verify_slices_are_equal(expected.as_bytes(), presented.as_bytes()).is_ok()
        });
        known.then_some(generation)
    }
}

fn key_text(subkey: &hmac::Key, secure_id: &SecureId, generation: u32) -> String {
    let id = secure_id.as_str().as_bytes();
    let mut mac = hmac::Context::with_key(subkey);
    // The length prefix separates the id from the generation, whatever the length of ids.
    mac.update(&(id.len() as u64).to_be_bytes());
    mac.update(id);
    mac.update(&generation.to_be_bytes());
    let tag = mac.sign();
    format!("{generation}.{}", URL_SAFE_NO_PAD.encode(&tag.as_ref()[..MAC_OCTETS]))
}

impl fmt::Debug for HmacLinkKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HmacLinkKeys").field("previous", &self.previous.len()).finish_non_exhaustive()
    }
}
