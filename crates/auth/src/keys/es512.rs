//! ES512, the only accepted algorithm that jsonwebtoken lacks. Once jsonwebtoken has it, this file can go: the key becomes a
//! `DecodingKey` in `material.rs`, and `Algorithm::in_library` has no exception.

use aws_lc_rs::signature::ParsedPublicKey;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// A P-521 key, with which the cryptography library of jsonwebtoken verifies directly (RFC 7518, 3.4).
pub(super) struct Es512Key(ParsedPublicKey);

impl Es512Key {
    /// Takes a key that was read as [`KeyType::P521`](super::KeyType::P521).
    pub(super) fn new(key: ParsedPublicKey) -> Self {
        Self(key)
    }

    /// Whether this key made the signature, given in base64url without padding.
    pub(super) fn verifies(&self, signing_input: &str, signature: &str) -> bool {
        let signature = URL_SAFE_NO_PAD.decode(signature);
        signature.is_ok_and(|signature| self.0.verify_sig(signing_input.as_bytes(), &signature).is_ok())
    }
}
