use aws_lc_rs::hmac;
use secrecy::{ExposeSecret as _, SecretString};

/// Fewest octets of a server secret: as many as HMAC-SHA256 puts out (RFC 7518, 3.2).
pub const MIN_SECRET_OCTETS: usize = 32;

/// The secret is shorter than [`MIN_SECRET_OCTETS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have at least {MIN_SECRET_OCTETS} bytes")]
pub struct WeakSecret;

/// A secret that only the server has, and those who sign tokens for it. Wiped from memory when dropped.
#[derive(Debug, Clone)]
pub struct ServerSecret(SecretString);

impl ServerSecret {
    /// Takes the secret's characters as they are: no encoding is assumed, so that any JWT library given the same text
    /// makes the same signatures. Length is all that can be checked; the operator owes the randomness.
    pub fn new(text: SecretString) -> Result<Self, WeakSecret> {
        if text.expose_secret().len() < MIN_SECRET_OCTETS { Err(WeakSecret) } else { Ok(Self(text)) }
    }

    pub(crate) fn octets(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }

    /// A key for one use alone, which its label names: HKDF-Expand (RFC 5869, 2.3) of the label to one block. The secret is
    /// long enough to go without extraction (3.3).
    pub(crate) fn subkey(&self, label: &[u8]) -> hmac::Key {
        let mut block = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.octets()));
        block.update(label);
        block.update(&[1]);
        hmac::Key::new(hmac::HMAC_SHA256, block.sign().as_ref())
    }
}

/// The secret in use and those before it, which are still accepted: a new one takes over without anybody noticing.
#[derive(Debug, Clone)]
pub struct SecretRing {
    current: ServerSecret,
    previous: Vec<ServerSecret>,
}

impl SecretRing {
    /// `current` makes, all of them verify.
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
    fn thirty_two_octets_are_the_least() {
        assert_eq!(ServerSecret::new("é".repeat(15).into()).unwrap_err(), WeakSecret);
        assert_eq!(ServerSecret::new("x".repeat(31).into()).unwrap_err(), WeakSecret);
        assert!(ServerSecret::new("x".repeat(32).into()).is_ok());
        assert!(ServerSecret::new("é".repeat(16).into()).is_ok(), "octets count, not characters");
    }

    #[test]
    fn debug_output_is_redacted() {
        let secret = ServerSecret::new("correct horse battery staple, twice".into()).unwrap();
        let ring = SecretRing::new(secret.clone(), vec![secret]);
        assert!(!format!("{ring:?}").contains("horse"));
    }
}
