use std::{error::Error, fmt, io};

/// Why a peer did not start, or failed during a test.
///
/// `Debug` prints the same text as `Display`, because tests that unwrap or return the error show its `Debug` form.
#[derive(thiserror::Error)]
pub enum TestbedError {
    /// A program is not installed.
    #[error("{what} not found: run `cargo xtask test`, which installs what is missing, or {help}")]
    Missing {
        /// The missing program, as the subject of "not found".
        what: &'static str,
        /// How to install it by hand, as the continuation of "or …".
        help: &'static str,
    },
    /// A program ended with an error.
    #[error("{what} failed: {output}")]
    Failed {
        /// What was attempted.
        what: String,
        /// The output of the program.
        output: String,
    },
    /// The operating system reported an error on a file or a process.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted.
        what: String,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The function that fills a template database failed.
    #[error("template database {template} could not be filled: {source}")]
    Template {
        /// The name of the template.
        template: String,
        /// The error of the function.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Fewer mails than expected arrived before the time was up or the SMTP server ended.
    #[error("expected {awaited} mails, but only {arrived} arrived")]
    MailsMissing {
        /// The number of mails that the test waited for.
        awaited: usize,
        /// The number of mails that arrived.
        arrived: usize,
    },
}

impl fmt::Debug for TestbedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Adds what was attempted to an error of the operating system.
pub(crate) trait IoContext<T> {
    fn context(self, what: impl Into<String>) -> Result<T, TestbedError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn context(self, what: impl Into<String>) -> Result<T, TestbedError> {
        self.map_err(|source| TestbedError::Io { what: what.into(), source })
    }
}
