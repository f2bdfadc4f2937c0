//! Running other programs, and saying so.

use std::{
    env,
    ffi::{OsStr, OsString},
    io,
    path::Path,
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

use usher_testbed::TestbedError;

/// Why a task ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    /// None where a program has already said it.
    reason: Option<String>,
    code: u8,
}

impl Failure {
    /// Why, in words.
    pub(crate) fn reason(self) -> String {
        self.reason.unwrap_or_default()
    }

    /// The same failure, with where it happened.
    pub(crate) fn at(self, place: &str) -> Self {
        Self { code: self.code, reason: Some(format!("{place}: {}", self.reason())) }
    }

    /// Says why on standard error, and gives the task's exit code: that of the program that failed.
    pub(crate) fn report(self) -> ExitCode {
        if let Some(reason) = self.reason {
            say(&reason);
        }
        ExitCode::from(self.code)
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

/// Tells the developer what is going on.
#[expect(clippy::print_stderr, reason = "a task's steps are for a person to read as they happen")]
pub(crate) fn say(text: &str) {
    eprintln!("xtask: {text}");
}

/// An environment variable of the developer's.
#[expect(clippy::disallowed_methods, reason = "tasks have no settings, only the developer's environment")]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// The top of the workspace.
pub(crate) fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A program that is to run at the top of the workspace.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(workspace());
    command
}

/// The Cargo that runs this task.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = program(variable("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs one step of a task, with its output going where the task's own goes.
pub(crate) fn step(name: &str, command: &mut Command) -> Result<(), Failure> {
    say(name);
    let started = Instant::now();
    let status = command.status().map_err(|error| format!("{name}: {error}"))?;
    let seconds = started.elapsed().as_secs();
    if status.success() {
        say(&format!("{name}: done in {seconds} s"));
        return Ok(());
    }
    say(&format!("{name}: failed after {seconds} s ({status})"));
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Err(Failure { reason: None, code })
}

/// Runs a program whose output matters only when it fails.
pub(crate) fn quietly(name: &str, command: &mut Command) -> Result<(), Failure> {
    say(name);
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{name}: failed ({})\n{}", output.status, String::from_utf8_lossy(&said).trim_end()).into())
}

/// Whether a program is there and succeeds; returns what it printed.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
