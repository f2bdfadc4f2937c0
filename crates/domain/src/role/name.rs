/// Why a text cannot name a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must begin with a letter, followed by at most 63 letters, digits, hyphens, underscores or plus signs"
)]
pub struct RoleNameError;

/// The name of a role: a letter, then letters, digits, `-`, `+` (Landscape) and `_` (Fastly's `tls_admin`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleName(String);

impl RoleName {
    /// Checks a name that a caller sent.
    pub fn parse(input: &str) -> Result<Self, RoleNameError> {
        let sound = input.len() <= 64
            && input.starts_with(|c: char| c.is_ascii_alphabetic())
            && input.bytes().all(|b| b.is_ascii_alphanumeric() || b"-+_".contains(&b));
        if sound { Ok(Self(input.to_owned())) } else { Err(RoleNameError) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for RoleName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
