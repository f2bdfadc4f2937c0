use std::io;

/// Why a run says nothing about the server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// The operating system.
    #[error("{what}: {source}")]
    Io { what: &'static str, source: io::Error },
    /// The server answered something else than 200.
    #[error("the server answered {status}: {body}")]
    Refused { status: u16, body: String },
    /// The server closed a connection.
    #[error("the server closed a connection")]
    Closed,
    /// What the server sent is not HTTP/1.1 as this client reads it.
    #[error("the answer cannot be read: {0}")]
    Unreadable(&'static str),
    /// A request did not fit into an empty socket.
    #[error("a request could not be sent at once")]
    Unsent,
    /// Every number was used before the time was over.
    #[error("all numbers up to {0} are used up: more are needed")]
    Exhausted(u64),
    /// Nothing was answered in time.
    #[error("no answer within {0} s")]
    Silence(u64),
    /// A list is not what it should be.
    #[error("{0}")]
    List(String),
}

/// Says what was attempted.
pub(crate) trait Attempt<T> {
    fn attempt(self, what: &'static str) -> Result<T, LoadError>;
}

impl<T> Attempt<T> for io::Result<T> {
    fn attempt(self, what: &'static str) -> Result<T, LoadError> {
        self.map_err(|source| LoadError::Io { what, source })
    }
}
