use std::{future::Future, pin::Pin};

use crate::outbox::InvitationMail;

/// Why a mail was not relayed. The three places where a delivery can break need three answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The relay could not be reached or would not let us in: no mail could have left. Says nothing about this mail.
    #[error("mail relay not reachable: {reason}")]
    Unreachable {
        /// For the operator; free of addresses, links and credentials.
        reason: String,
    },
    /// The relay answered "not now" (4yz), or broke off before the end of the mail: it was not relayed.
    #[error("mail relay deferred the mail: {reason}")]
    Deferred {
        /// For the operator.
        reason: String,
    },
    /// The whole mail was handed over and no answer came: it may have been relayed or not.
    #[error("mail relay did not confirm the mail: {reason}")]
    Ambiguous {
        /// For the operator.
        reason: String,
    },
    /// The relay refused for good (5yz), or the mail cannot be built.
    #[error("mail cannot be sent: {reason}")]
    Permanent {
        /// For the operator.
        reason: String,
    },
}

/// The answer of [`Mailer::send`].
pub type SendFuture<'a> = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send + 'a>>;

/// Hands mails to the outside.
pub trait Mailer: Send + Sync {
    /// Sends one mail to its one recipient. `Ok` means that the relay took responsibility for it.
    ///
    /// Owes: an answer within one deadline for the whole delivery, shorter than the outbox's lease; never a panic; a
    /// Message-ID derived from `reference` alone.
    fn send<'a>(&'a self, mail: &'a InvitationMail) -> SendFuture<'a>;
}
