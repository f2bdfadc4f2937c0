#[cfg(feature = "clients")]
use std::io::{self, Write};
use std::{
    env,
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use crate::error::{IoContext, TestbedError};

/// The process of a peer. It ends when this handle is dropped or the test process ends.
///
/// The process watches its standard input, a pipe from the test process. The kernel closes the pipe when the test process
/// ends, even by SIGKILL.
#[derive(Debug)]
pub(crate) struct Lifeline {
    child: Child,
    stdin: Option<ChildStdin>,
}

impl Lifeline {
    /// Starts the process and returns its standard output.
    pub(crate) fn start(command: &mut Command, what: &str) -> Result<(Self, ChildStdout), TestbedError> {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.context(format!("{what}: cannot start {}", described(command)))?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take();
        let lifeline = Self { child, stdin };
        let stdout = stdout.ok_or_else(|| TestbedError::Failed {
            what: what.into(),
            output: "the output is not a pipe".into(),
        })?;
        Ok((lifeline, stdout))
    }

    /// Writes a line to the standard input of the process.
    #[cfg(feature = "clients")]
    pub(crate) fn write_line(&mut self, line: &str) -> io::Result<()> {
        let stdin = self.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        stdin.write_all(format!("{line}\n").as_bytes())
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // This peer must not leave anything behind for the next test. A destructor cannot report a failure.
        let _ = self.child.wait();
    }
}

/// The program of a command and the folder that it starts in, for the message when it cannot be started.
#[must_use]
pub fn described(command: &Command) -> String {
    let program = Path::new(command.get_program()).display();
    match command.get_current_dir() {
        Some(folder) => format!("{program} in {}", folder.display()),
        None => format!("{program} in {}", env::current_dir().unwrap_or_default().display()),
    }
}

/// Runs a program to its end and returns its standard output without the last line break.
pub(crate) fn run(command: &mut Command, what: &str) -> Result<String, TestbedError> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.context(format!("{what}: cannot start {}", described(command)))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned())
    } else {
        let printed = [output.stderr.trim_ascii(), output.stdout.trim_ascii()];
        let printed =
            printed.into_iter().find(|text| !text.is_empty()).unwrap_or(b"the program printed nothing");
        Err(TestbedError::Failed { what: what.into(), output: String::from_utf8_lossy(printed).into_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_cannot_be_started_is_named_with_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("no-such-program");
        let error = run(command.current_dir(folder.path()), "testing").unwrap_err().to_string();
        let start = format!("testing: cannot start no-such-program in {}: ", folder.path().display());
        assert!(error.starts_with(&start), "{error}");
        let error = Lifeline::start(&mut command, "testing").unwrap_err().to_string();
        assert!(error.starts_with(&start), "{error}");
    }
}
