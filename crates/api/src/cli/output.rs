//! Standard output and standard error.

use std::io::{self, Write as _};

use serde_json::Value;

use super::{arguments::ResultArguments, failure::Failure};

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    /// For people.
    Text,
    /// For programs: one JSON value on one line.
    Json,
}

impl Output {
    /// As the command's arguments say.
    pub(super) fn of(arguments: &ResultArguments) -> Self {
        if arguments.json { Self::Json } else { Self::Text }
    }

    /// Writes the result in one of its two forms: one line either way.
    pub(super) fn result(self, text: &str, json: &Value) -> Result<(), Failure> {
        self.lines(&[text], json)
    }

    /// Writes the result in one of its two forms: any number of lines, or one of JSON.
    pub(super) fn lines(self, text: &[impl AsRef<str>], json: &Value) -> Result<(), Failure> {
        let text = match self {
            Self::Text => text.iter().flat_map(|line| [line.as_ref(), "\n"]).collect(),
            Self::Json => format!("{json}\n"),
        };
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // Who reads has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }
}

/// A message to the person at the terminal: not a result, not an error.
pub(super) fn tell(text: &str) {
    // There is nowhere to complain that standard error is closed.
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// What went wrong.
pub(super) fn complain(text: &str) {
    tell(&format!("usher: {text}"));
}
