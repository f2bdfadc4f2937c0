use std::io;

/// Why a run has no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// The operating system reported an error.
    #[error("{what}: {source}")]
    Io { what: &'static str, source: io::Error },
    /// The status of a response was not 200.
    #[error("the server returned {status}: {body}")]
    UnexpectedStatus { status: u16, body: String },
    /// The server closed a connection.
    #[error("the server closed a connection")]
    Closed,
    /// The client cannot parse the response. It knows only a part of HTTP/1.1.
    #[error("the response cannot be parsed: {0}")]
    Unparsable(&'static str),
    /// A request did not fit into the socket's empty buffer.
    #[error("a request was sent only in part")]
    PartlySent,
    /// All numbers were used before the time was over.
    #[error("all numbers up to {0} are used: a higher --to is needed")]
    Exhausted(u64),
    /// No response came in time.
    #[error("no response within {0} s")]
    TimedOut(u64),
    /// A list cannot be followed: its path is missing, or a page does not have the expected form.
    #[error("{0}")]
    List(String),
}

/// Adds what was attempted to an error of the operating system.
pub(crate) trait IoContext<T> {
    fn context(self, what: &'static str) -> Result<T, LoadError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn context(self, what: &'static str) -> Result<T, LoadError> {
        self.map_err(|source| LoadError::Io { what, source })
    }
}
