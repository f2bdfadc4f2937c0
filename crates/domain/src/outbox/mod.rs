//! The outbox: mails that were promised in a transaction and leave afterwards, with the truth about each delivery.

mod content;
mod policy;

pub use content::InvitationMail;
pub use policy::{NextStep, RetryPolicy};

use crate::{
    Timestamp,
    account::PublicId,
    id::{AccountId, InvitationId, MailId},
    token::Token,
};

/// Random text that a worker holds while it works on a mail; a late result with an old lease changes nothing.
pub type LeaseToken = Token<22>;

/// Where a mail is. Nothing here says "delivered": a relay's 250 is the last thing that a sender learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailState {
    /// Waiting for its time, or being sent under a lease.
    Queued,
    /// The relay accepted it.
    Relayed,
    /// Given up; the reason is kept.
    Dead,
    /// Not sent, because its invitation was answered, revoked or resent in the meantime.
    Cancelled,
}

impl MailState {
    /// Every state.
    pub const EVERY: [Self; 4] = [Self::Queued, Self::Relayed, Self::Dead, Self::Cancelled];

    /// The stored spelling, stable.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Relayed => "relayed",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the stored spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|state| state.as_str() == text)
    }
}

/// A mail to be written into the outbox. It names what to say and never holds it: the text with its link is made when
/// the mail leaves, so the database holds nothing that works as a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// Makes the Message-ID, so that a copy sent again after a crash is recognised as the same mail.
    pub reference: PublicId,
    /// The account that causes it.
    pub account_id: AccountId,
    /// The invitation it carries.
    pub invitation_id: InvitationId,
    /// Which generation of the link it carries.
    pub generation: u32,
    /// When it was promised; it may leave at once.
    pub created_at: Timestamp,
}

/// A mail as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Number of the row.
    pub id: MailId,
    /// See [`NewMail::reference`].
    pub reference: PublicId,
    /// The account that causes it.
    pub account_id: AccountId,
    /// The invitation it carries.
    pub invitation_id: InvitationId,
    /// Which generation of the link it carries.
    pub generation: u32,
    /// Where it is.
    pub state: MailState,
    /// How often sending began and failed by an answer of the relay.
    pub attempts: u32,
    /// Not before this moment.
    pub due_at: Timestamp,
    /// The lease of the worker that has it: until when, and its token.
    pub lease: Option<(Timestamp, LeaseToken)>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was promised.
    pub created_at: Timestamp,
    /// When its state changed last.
    pub updated_at: Timestamp,
}
