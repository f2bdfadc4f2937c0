//! Results on standard output.

use std::io::{self, Write as _};

use serde_json::Value;

use super::{arguments::ResultArguments, failure::Failure};

/// The format of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    /// Text for people.
    Text,
    /// One JSON value on one line, for programs.
    Json,
}

impl Output {
    /// Returns the format that the arguments choose.
    pub(super) fn from_arguments(arguments: &ResultArguments) -> Self {
        if arguments.json { Self::Json } else { Self::Text }
    }

    /// Writes the result as one line of text or of JSON.
    pub(super) fn result(self, text: &str, json: &Value) -> Result<(), Failure> {
        self.lines(&[text], json)
    }

    /// Writes the result as lines of text, or as one line of JSON.
    pub(super) fn lines(self, text: &[impl AsRef<str>], json: &Value) -> Result<(), Failure> {
        let text = match self {
            Self::Text => text.iter().flat_map(|line| [line.as_ref(), "\n"]).collect(),
            Self::Json => format!("{json}\n"),
        };
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // The reader closed the pipe on purpose.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }
}
