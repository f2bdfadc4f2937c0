use usher_domain::port::SendError;

/// Why a mail cannot be built. Another attempt has the same result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// A template and its values do not match.
    #[error("template: {0}")]
    Template(String),
    /// The link is not a plain `http://` or `https://` address.
    #[error("the link is not a plain web address")]
    Link,
    /// The recipient's address cannot be written into a message, or many programs would read it as a different address.
    #[error("the recipient's address cannot be written into a message")]
    Recipient,
    /// The message library failed. The text holds no part of the mail.
    #[error("message: {0}")]
    Message(String),
    /// A library panicked on this mail.
    #[error("building the message panicked")]
    Panicked,
}

impl From<ComposeError> for SendError {
    fn from(error: ComposeError) -> Self {
        Self::Unsendable { reason: error.to_string() }
    }
}
