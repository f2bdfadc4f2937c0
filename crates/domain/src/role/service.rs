/// What a member may do with one service (Fastly's `permission`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ServicePermission {
    /// Everything; Fastly's default.
    #[default]
    Full,
    /// Read.
    ReadOnly,
    /// Purge single objects.
    PurgeSelect,
    /// Purge everything.
    PurgeAll,
}

impl ServicePermission {
    /// Every value, in the order of Fastly's reference.
    pub const EVERY: [Self; 4] = [Self::Full, Self::ReadOnly, Self::PurgeSelect, Self::PurgeAll];

    /// Fastly's spelling.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::ReadOnly => "read_only",
            Self::PurgeSelect => "purge_select",
            Self::PurgeAll => "purge_all",
        }
    }

    /// Reads Fastly's spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|value| value.as_str() == text)
    }
}

/// The id of a service: 1 to 64 of `[A-Za-z0-9_-]`. Usher does not know which services exist.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(String);

impl ServiceId {
    /// Parses an id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let valid = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        valid.then(|| Self(text.to_owned()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A permission on a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceGrant {
    /// The service.
    pub service: ServiceId,
    /// The permission.
    pub permission: ServicePermission,
}
