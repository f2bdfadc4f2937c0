use std::{error::Error, fmt, io};

/// Why a peer could not be started, or did not do what a test asked of it.
///
/// `Debug` prints the same as `Display`, since that is what a test shows that unwraps or returns it.
#[derive(thiserror::Error)]
pub enum TestbedError {
    /// A program that has to come from the machine is not on it.
    #[error("{what} not found: run `cargo xtask test`, which installs what is missing, or {help}")]
    Missing {
        /// The component, as the subject of "not found".
        what: &'static str,
        /// How to get it by hand, continuing "or …".
        help: &'static str,
    },
    /// A program ended with an error.
    #[error("{what} failed: {output}")]
    Failed {
        /// What was attempted.
        what: String,
        /// What the program said about it.
        output: String,
    },
    /// The operating system refused a file or a process.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted.
        what: String,
        /// The refusal.
        source: io::Error,
    },
    /// The function that was to fill a template database reported an error.
    #[error("template database {template} could not be filled: {source}")]
    Template {
        /// The template's name.
        template: String,
        /// The function's own error.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Fewer mails than awaited reached the SMTP server in time, or before it ended.
    #[error("awaited {awaited} mails, but only {arrived} arrived")]
    MailsMissing {
        /// How many the test waited for.
        awaited: usize,
        /// How many there were in the end.
        arrived: usize,
    },
}

impl fmt::Debug for TestbedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Says what was attempted when the operating system refused it.
pub(crate) trait Attempt<T> {
    fn attempt(self, what: impl Into<String>) -> Result<T, TestbedError>;
}

impl<T> Attempt<T> for io::Result<T> {
    fn attempt(self, what: impl Into<String>) -> Result<T, TestbedError> {
        self.map_err(|source| TestbedError::Io { what: what.into(), source })
    }
}
