use crate::address::EmailAddress;

/// What a delivery is. A worker claims the kinds that it can deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryKind {
    /// An invitation mail.
    Mail,
}

impl DeliveryKind {
    /// The stored spelling, stable.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
        }
    }
}

/// The part of a recipient that can be slow or down for all its messages: the domain of a mail's address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Destination(String);

impl Destination {
    /// The destination of mails to an address.
    #[must_use]
    pub fn of_mail(to: &EmailAddress) -> Self {
        Self(to.domain().to_owned())
    }

    /// Wraps a stored destination.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The stored spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
