use std::{io, process::ExitCode};

use usher_testbed::TestbedError;

use crate::progress::report_progress;

/// Why a task ended early.
#[derive(Debug)]
pub struct Failure {
    /// Unset when the program that failed has already printed the reason.
    reason: Option<String>,
    code: u8,
}

impl Failure {
    /// The failure of a program that printed its reason itself, with that program's exit code.
    pub(crate) fn of_program(code: u8) -> Self {
        Self { reason: None, code }
    }

    /// The reason; empty when the program that failed has already printed it.
    #[must_use]
    pub fn reason(self) -> String {
        self.reason.unwrap_or_default()
    }

    /// The same failure, with its reason prefixed by the place where it happened.
    #[must_use]
    pub fn at(self, place: &str) -> Self {
        Self { code: self.code, reason: Some(format!("{place}: {}", self.reason())) }
    }

    /// Prints the reason on standard error and returns the exit code of the task: that of the program that failed.
    #[must_use]
    pub fn report(self) -> ExitCode {
        if let Some(reason) = self.reason {
            report_progress(&reason);
        }
        ExitCode::from(self.code)
    }
}

impl From<&str> for Failure {
    fn from(reason: &str) -> Self {
        reason.to_owned().into()
    }
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self { reason: Some(reason), code: 1 }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        error.to_string().into()
    }
}

impl From<TestbedError> for Failure {
    fn from(error: TestbedError) -> Self {
        error.to_string().into()
    }
}
