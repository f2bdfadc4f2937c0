//! Failures of commands and their exit codes.

use std::{error::Error, io, process::ExitCode};

use clap::{CommandFactory as _, error::ErrorKind};

use super::{arguments::Arguments, stderr::print_error};
use crate::compose::StartError;

/// Exit code of a failure.
const FAILED: u8 = 1;
/// Exit code of a wrong command or configuration.
const MISUSED: u8 = 2;

/// A failure of a command.
#[derive(Debug)]
pub(super) enum Failure {
    /// The command line is wrong, or asks for help.
    Usage(clap::Error),
    /// The settings are wrong.
    Configuration(String),
    /// The command was rejected or failed.
    Failed(String),
    /// The result on standard output says why.
    Explained,
}

impl Failure {
    /// Describes an error with the chain of its causes.
    pub(super) fn from_error(error: &dyn Error) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let cause_text = inner.to_string();
            if !text.contains(&cause_text) {
                text = format!("{text}: {cause_text}");
            }
            cause = inner.source();
        }
        Self::Failed(text)
    }

    /// A usage error of a command in clap's format. `words` name the command, such as `["member", "add"]`.
    pub(super) fn usage(words: &[&str], kind: ErrorKind, text: &str) -> Self {
        let mut root = Arguments::command();
        root.build();
        Self::Usage(usage_of(&mut root, words, kind, text))
    }

    /// Prints the failure and returns the exit code.
    pub(super) fn report(self) -> ExitCode {
        match self {
            Self::Usage(error) => {
                // clap prints help to standard output and errors to standard error. A closed pipe needs no message.
                drop(error.print());
                u8::try_from(error.exit_code()).unwrap_or(MISUSED).into()
            }
            Self::Configuration(text) => {
                print_error(&text);
                MISUSED.into()
            }
            Self::Failed(text) => {
                print_error(&text);
                FAILED.into()
            }
            Self::Explained => FAILED.into(),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Usage(error) => error.fmt(f),
            Self::Configuration(text) | Self::Failed(text) => f.write_str(text),
            Self::Explained => f.write_str("see the result"),
        }
    }
}

/// A key or certificate that cannot be used is a wrong configuration.
impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Auth(_) | StartError::Mail(_) | StartError::Duration(_) => {
                Self::Configuration(error.to_string())
            }
            _ => Self::from_error(&error),
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
