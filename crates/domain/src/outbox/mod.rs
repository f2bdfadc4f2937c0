//! The outbox: messages that are queued in a transaction and delivered afterwards, with the state of each delivery. Every
//! message is a mail so far.

mod content;
mod destination;
mod mailbox;
mod policy;
mod quota;
mod refusal;

pub use content::InvitationMail;
pub use destination::{DeliveryKind, Destination};
pub use mailbox::Mailbox;
pub use policy::{NextStep, RetryPolicy};
pub use quota::{DECLINE_LASTS, MailLimits, MailQuota, MailRefusal, QuotaSubject};
pub use refusal::{CONFIRMED_AFTER, RefusalJudge, RefusalVerdict, RelayAnswer, WITNESS_SPAN};

use crate::{
    Timestamp,
    account::PublicId,
    id::{AccountId, InvitationId, MailId},
    token::Token,
};

/// The random token of a worker's lease on a mail. A result with an expired lease changes nothing once another worker has the mail.
pub type LeaseToken = Token<22>;

/// The state of a mail. There is no state "delivered", because a sender learns nothing after the relay's 250.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailState {
    /// Waiting for its due time, or being sent under a lease.
    Queued,
    /// The relay accepted it.
    Relayed,
    /// Given up; the reason is stored.
    Dead,
    /// Not sent, because its invitation had been answered, revoked or resent.
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

/// A mail to be inserted into the outbox. It refers to its invitation and has no content: text and link are made when the mail
/// is sent, so the database never contains a working link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// Determines the Message-ID, so that a copy sent again after a crash is recognized as the same mail.
    pub reference: PublicId,
    /// Where it goes.
    pub destination: Destination,
    /// The account of the invitation.
    pub account_id: AccountId,
    /// The invitation.
    pub invitation_id: InvitationId,
    /// The generation of the link.
    pub generation: u32,
    /// When it was queued; it is due at once.
    pub created_at: Timestamp,
}

/// A mail as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Number of the row.
    pub id: MailId,
    /// See [`NewMail::reference`].
    pub reference: PublicId,
    /// Where it goes.
    pub destination: Destination,
    /// The account of the invitation.
    pub account_id: AccountId,
    /// The invitation.
    pub invitation_id: InvitationId,
    /// The generation of the link.
    pub generation: u32,
    /// Its state.
    pub state: MailState,
    /// The number of attempts that the relay rejected or deferred.
    pub attempts: u32,
    /// The earliest moment of the next attempt.
    pub due_at: Timestamp,
    /// The lease of the worker that has claimed it: its end and its token.
    pub lease: Option<(Timestamp, LeaseToken)>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When the relay refused its recipient first, since it was queued last.
    pub refused_at: Option<Timestamp>,
    /// When it was queued first.
    pub created_at: Timestamp,
    /// When it was queued last: at first, or when an operator retried it. From then on it is attempted until it is given up.
    pub queued_at: Timestamp,
    /// When its state last changed.
    pub updated_at: Timestamp,
}
