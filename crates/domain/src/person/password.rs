/// Minimum characters of any password (NIST SP 800-63B, 5.1.1.2). A deployment can require more.
pub const MIN_CHARACTERS: usize = 8;
/// Maximum octets of a password. It is longer than any passphrase, and bounds the work of hashing.
pub const MAX_OCTETS: usize = 256;

/// Why a password is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordLengthError {
    /// Shorter than [`MIN_CHARACTERS`].
    #[error("must have at least {MIN_CHARACTERS} characters")]
    TooShort,
    /// Longer than [`MAX_OCTETS`].
    #[error("must have at most {MAX_OCTETS} bytes")]
    TooLong,
}

/// A chosen password. Only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Checks the length. What people choose must be harder to guess: see the rules of the password service.
    pub fn parse(input: &str) -> Result<Self, PasswordLengthError> {
        if input.chars().count() < MIN_CHARACTERS {
            return Err(PasswordLengthError::TooShort);
        }
        if input.len() > MAX_OCTETS {
            return Err(PasswordLengthError::TooLong);
        }
        Ok(Self(input.to_owned()))
    }

    /// The secret, for hashing.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The hash of a password as a PHC string, such as `$argon2id$v=19$…`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a PHC string from the hasher or the store.
    #[must_use]
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}
