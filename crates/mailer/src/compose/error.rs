use usher_domain::port::SendError;

/// Why a mail cannot be built. It never can: trying again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// A template and its words do not fit.
    #[error("template: {0}")]
    Template(String),
    /// The link is not a plain `http://` or `https://` address.
    #[error("the link is not a plain web address")]
    Link,
    /// The recipient's address cannot be written into a message, or would be read as another one by many programs.
    #[error("the recipient's address cannot be written into a message")]
    Recipient,
    /// The message library refuses; the text is free of what the mail says.
    #[error("message: {0}")]
    Message(String),
    /// A library panicked over this mail.
    #[error("building the message panicked")]
    Panicked,
}

impl From<ComposeError> for SendError {
    fn from(error: ComposeError) -> Self {
        Self::Permanent { reason: error.to_string() }
    }
}
