use jsonwebtoken::{DecodingKey, crypto};

use super::{Algorithm, KeyFault, KeyType, es512::Es512Key};
use crate::secret::ServerSecret;

/// What verifies the signatures of a key: jsonwebtoken for every algorithm that it knows, and [`Es512Key`] for ES512.
pub(super) enum Material {
    Library(DecodingKey),
    Es512(Es512Key),
}

impl Material {
    pub(super) fn shared(secret: &ServerSecret) -> Self {
        Self::Library(DecodingKey::from_secret(secret.octets()))
    }

    /// A public key in a form that [`KeyType::read`] takes.
    pub(super) fn public(key_type: KeyType, key: &[u8]) -> Result<Self, KeyFault> {
        let parsed = key_type.read(key)?;
        Ok(match key_type {
            KeyType::Rsa => Self::Library(DecodingKey::from_rsa_der(key)),
            KeyType::P256 | KeyType::P384 => Self::Library(DecodingKey::from_ec_der(key)),
            KeyType::P521 => Self::Es512(Es512Key::new(parsed)),
            KeyType::Ed25519 => Self::Library(DecodingKey::from_ed_der(key)),
        })
    }

    /// Whether this key made the signature, given in base64url without padding, with the algorithm.
    pub(super) fn verifies(&self, algorithm: Algorithm, signing_input: &str, signature: &str) -> bool {
        match (self, algorithm.in_library()) {
            (Self::Library(key), Some(algorithm)) => {
                crypto::verify(signature, signing_input.as_bytes(), key, algorithm).unwrap_or(false)
            }
            (Self::Es512(key), None) => key.verifies(signing_input, signature),
            (Self::Library(_), None) | (Self::Es512(_), Some(_)) => false,
        }
    }
}
