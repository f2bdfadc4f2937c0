use super::builtin::{Role, named};

/// Why a string is not the name of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must begin with a letter, followed by at most 63 letters, digits, hyphens, underscores or plus signs"
)]
pub struct RoleNameError;

/// The name of a role: a letter, then letters, digits, `-`, `+` (Landscape) and `_` (Fastly's `tls_admin`).
#[derive(Clone)]
pub struct RoleName(Name);

/// An existing role is looked up once, and its name is not copied.
#[derive(Clone)]
enum Name {
    Existing(&'static Role),
    Other(String),
}

impl RoleName {
    /// Parses a name.
    pub fn parse(input: &str) -> Result<Self, RoleNameError> {
        if let Some(role) = named(input) {
            return Ok(Self(Name::Existing(role)));
        }
        let valid = input.len() <= 64
            && input.starts_with(|c: char| c.is_ascii_alphabetic())
            && input.bytes().all(|b| b.is_ascii_alphanumeric() || b"-+_".contains(&b));
        if valid { Ok(Self(Name::Other(input.to_owned()))) } else { Err(RoleNameError) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Name::Existing(role) => role.name,
            Name::Other(name) => name,
        }
    }

    /// The role of exactly this name, if it exists.
    #[must_use]
    pub fn role(&self) -> Option<&'static Role> {
        match self.0 {
            Name::Existing(role) => Some(role),
            Name::Other(_) => None,
        }
    }
}

impl PartialEq for RoleName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RoleName {}

impl PartialOrd for RoleName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RoleName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl std::fmt::Debug for RoleName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_str().fmt(f)
    }
}

impl std::fmt::Display for RoleName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
