/// Why a string is not the name of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit")]
pub struct AccountNameError;

/// The slug of an account: 1 to 63 of `[a-z0-9-]`, not beginning with a hyphen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountName(String);

impl AccountName {
    /// Parses a slug.
    pub fn parse(input: &str) -> Result<Self, AccountNameError> {
        let valid = (1..=63).contains(&input.len())
            && !input.starts_with('-')
            && input.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if valid { Ok(Self(input.to_owned())) } else { Err(AccountNameError) }
    }

    /// The slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for AccountName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
