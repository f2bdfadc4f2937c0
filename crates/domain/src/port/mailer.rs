use std::{future::Future, pin::Pin};

use crate::outbox::InvitationMail;

/// Why a mail was not relayed. Each variant needs its own reaction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The relay could not be reached, or rejected the login. This would happen to every mail.
    #[error("mail relay not reachable: {reason}")]
    Unreachable {
        /// For the operator. Contains no addresses, links or credentials.
        reason: String,
    },
    /// The relay answered with a temporary failure (4yz), or the connection broke before the end of the mail. The mail was not
    /// relayed.
    #[error("mail relay deferred the mail: {reason}")]
    Deferred {
        /// For the operator.
        reason: String,
    },
    /// The whole mail was sent, but the relay did not answer. It may or may not have been relayed.
    #[error("mail relay did not confirm the mail: {reason}")]
    Ambiguous {
        /// For the operator.
        reason: String,
    },
    /// The relay answered with a permanent failure (5yz) that is not known to be about the recipient: it refuses the
    /// sender, the login's account, its quota or the mail by policy, or does not say what it refuses. The cause can be
    /// removed, so the mail waits.
    #[error("mail relay refuses mails of this server: {reason}")]
    Refused {
        /// For the operator.
        reason: String,
    },
    /// The relay answered that the recipient cannot get mail (5yz). Another attempt has the same result, unless the relay is out
    /// of order: [`RefusalJudge`](crate::outbox::RefusalJudge).
    #[error("mail cannot be delivered to its recipient: {reason}")]
    Permanent {
        /// For the operator.
        reason: String,
    },
    /// The same, but nothing shows yet that the relay accepts mails to others. The mail waits. The worker says so, not an adapter.
    #[error("mail relay refuses the recipient, which is not confirmed yet: {reason}")]
    Unconfirmed {
        /// For the operator.
        reason: String,
    },
    /// The mail cannot be built, or the relay does not support its recipient's address. The relay was not asked.
    #[error("mail cannot be sent: {reason}")]
    Unsendable {
        /// For the operator.
        reason: String,
    },
}

/// The result of [`Mailer::send`].
pub type SendFuture<'a> = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send + 'a>>;

/// Sends mails.
pub trait Mailer: Send + Sync {
    /// Sends a mail to its one recipient. `Ok` means that the relay took responsibility for it.
    ///
    /// An adapter returns within one deadline for the whole delivery, which is shorter than the outbox's lease. It never
    /// panics. It derives the Message-ID from `reference` alone.
    fn send<'a>(&'a self, mail: &'a InvitationMail) -> SendFuture<'a>;
}
