//! Why a command did not do what it was asked for.

use std::{error::Error, io, process::ExitCode};

use clap::{CommandFactory as _, error::ErrorKind};

use super::{arguments::Arguments, output::complain};
use crate::compose::StartError;

/// Exit code of what was refused or failed.
const FAILED: u8 = 1;
/// Exit code of a wrong command or configuration.
const MISUSED: u8 = 2;

/// A reason to stop, and the exit code with it.
#[derive(Debug)]
pub(super) enum Failure {
    /// The command itself; also how clap asks to print help.
    Usage(clap::Error),
    /// The settings.
    Configuration(String),
    /// The rules refuse it, or something else did not work.
    Failed(String),
}

impl Failure {
    /// A failure with all that it came from.
    pub(super) fn of(error: &dyn Error) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let said = inner.to_string();
            if !text.contains(&said) {
                text = format!("{text}: {said}");
            }
            cause = inner.source();
        }
        Self::Failed(text)
    }

    /// A wrong use of the command that these words name, in clap's form.
    pub(super) fn usage(words: &[&str], kind: ErrorKind, text: &str) -> Self {
        let mut root = Arguments::command();
        root.build();
        Self::Usage(usage_of(&mut root, words, kind, text))
    }

    /// Tells the person at the terminal, and gives the exit code.
    pub(super) fn report(self) -> ExitCode {
        match self {
            Self::Usage(error) => {
                // Help is a result and goes to standard output: clap knows which is which. A closed pipe is no reason to
                // say more.
                drop(error.print());
                u8::try_from(error.exit_code()).unwrap_or(MISUSED).into()
            }
            Self::Configuration(text) => {
                complain(&text);
                MISUSED.into()
            }
            Self::Failed(text) => {
                complain(&text);
                FAILED.into()
            }
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Usage(error) => error.fmt(f),
            Self::Configuration(text) | Self::Failed(text) => f.write_str(text),
        }
    }
}

/// What only shows when keys and certificates are read is a wrong configuration all the same.
impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Auth(_) | StartError::Mail(_) | StartError::Duration(_) => {
                Self::Configuration(error.to_string())
            }
            _ => Self::of(&error),
        }
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self::Usage(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

fn usage_of(command: &mut clap::Command, words: &[&str], kind: ErrorKind, text: &str) -> clap::Error {
    match words.split_first() {
        Some((word, rest)) => match command.find_subcommand_mut(word) {
            Some(inner) => usage_of(inner, rest, kind, text),
            None => clap::Error::raw(kind, text),
        },
        None => command.error(kind, text),
    }
}
