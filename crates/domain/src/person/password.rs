/// Fewest characters of a password (NIST SP 800-63B, 5.1.1.2).
pub const MIN_CHARACTERS: usize = 8;
/// Most octets of a password: far beyond a passphrase, and a bound on the work of hashing.
pub const MAX_OCTETS: usize = 256;

/// Why a password cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Under [`MIN_CHARACTERS`].
    #[error("must have at least {MIN_CHARACTERS} characters")]
    TooShort,
    /// Over [`MAX_OCTETS`].
    #[error("must have at most {MAX_OCTETS} bytes")]
    TooLong,
}

/// A password that somebody chooses. Only its hash is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Checks the length; nothing else makes a password better.
    pub fn parse(input: &str) -> Result<Self, PasswordError> {
        if input.chars().count() < MIN_CHARACTERS {
            return Err(PasswordError::TooShort);
        }
        if input.len() > MAX_OCTETS {
            return Err(PasswordError::TooLong);
        }
        Ok(Self(input.to_owned()))
    }

    /// The secret itself, for hashing.
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

/// A password's hash as a PHC string, such as `$argon2id$v=19$…`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a PHC string that the hasher made or the store kept.
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
