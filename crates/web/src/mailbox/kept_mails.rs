/// The mails that development mode keeps instead of sending them. Both calls may block on a disk.
pub trait KeptMails: Send + Sync {
    /// The names of all mails, the oldest first.
    fn list(&self) -> Result<Vec<String>, KeptMailsError>;

    /// The octets of one mail, as in RFC 5322. `None` if [`KeptMails::list`] does not name it; names come from URLs.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, KeptMailsError>;
}

/// Why kept mails cannot be read. The message is shown in the browser of the developer who runs the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeptMailsError(pub String);
