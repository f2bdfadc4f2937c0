use aws_lc_rs::hmac;
use secrecy::{ExposeSecret as _, SecretString};

/// The minimum length of a server secret in octets: the output length of HMAC-SHA256 (RFC 7518, 3.2).
pub const MIN_SECRET_OCTETS: usize = 32;

/// The secret is shorter than [`MIN_SECRET_OCTETS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have at least {MIN_SECRET_OCTETS} bytes")]
pub struct WeakSecret;

/// A secret of the server, shared only with services that sign tokens for it. Wiped from memory when dropped.
#[derive(Debug, Clone)]
pub struct ServerSecret(SecretString);

impl ServerSecret {
    /// Takes the characters as they are, without decoding them, so that every JWT library makes the same signatures from the
    /// same text. Checks the length only; the operator is responsible for the randomness.
    pub fn new(text: SecretString) -> Result<Self, WeakSecret> {
        if text.expose_secret().len() < MIN_SECRET_OCTETS { Err(WeakSecret) } else { Ok(Self(text)) }
    }

    pub(crate) fn octets(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }

    /// The key for the use that `label` names: one block of HKDF-Expand (RFC 5869, 2.3). The secret is long enough to skip
    /// HKDF-Extract (3.3).
    pub(crate) fn subkey(&self, label: &[u8]) -> hmac::Key {
        let mut block = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.octets()));
        block.update(label);
        block.update(&[1]);
        hmac::Key::new(hmac::HMAC_SHA256, block.sign().as_ref())
    }
}

/// The current secret, and previous secrets that are still accepted. Rotating the secret invalidates nothing as long as the
/// old secret stays in the ring.
#[derive(Debug, Clone)]
pub struct SecretRing {
    current: ServerSecret,
    previous: Vec<ServerSecret>,
}

impl SecretRing {
    /// `current` signs; `current` and `previous` verify.
    #[must_use]
    pub fn new(current: ServerSecret, previous: Vec<ServerSecret>) -> Self {
        Self { current, previous }
    }

    pub(crate) fn current(&self) -> &ServerSecret {
        &self.current
    }

    pub(crate) fn previous(&self) -> &[ServerSecret] {
        &self.previous
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_at_least_32_octets() {
        assert_eq!(ServerSecret::new("é".repeat(15).into()).unwrap_err(), WeakSecret);
        assert_eq!(ServerSecret::new("x".repeat(31).into()).unwrap_err(), WeakSecret);
        assert!(ServerSecret::new("x".repeat(32).into()).is_ok());
        assert!(ServerSecret::new("é".repeat(16).into()).is_ok(), "octets are counted, not characters");
    }

    #[test]
    fn debug_output_is_redacted() {
        let secret = ServerSecret::new("correct horse battery staple, twice".into()).unwrap();
        let ring = SecretRing::new(secret.clone(), vec![secret]);
        assert!(!format!("{ring:?}").contains("horse"));
    }
}
