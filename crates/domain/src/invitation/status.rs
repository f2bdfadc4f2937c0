/// The status of an invitation. All but `Pending` are final, except that an expired invitation can be renewed, and a declined one
/// reopened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Open.
    Pending,
    /// The invitee became a member.
    Accepted,
    /// The invitee declined.
    Declined,
    /// A member revoked it.
    Revoked,
    /// Its term ended without an answer.
    Expired,
}

impl Status {
    /// Every status.
    pub const EVERY: [Self; 5] =
        [Self::Pending, Self::Accepted, Self::Declined, Self::Revoked, Self::Expired];

    /// The stored spelling. It never changes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// Reads the stored spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|status| status.as_str() == text)
    }
}

/// The invitation has this status and is not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the invitation is {}", .0.as_str())]
pub struct NotPending(pub Status);
