#[cfg(feature = "clients")]
use std::io::{self, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::error::{Attempt, TestbedError};

/// A peer's process, which ends when this handle does.
///
/// The process watches its standard input, a pipe from the test process. The pipe closes when the handle is
/// dropped and also when the test process dies, whatever way it dies: the kernel sees to that.
#[derive(Debug)]
pub(crate) struct Lifeline {
    child: Child,
    stdin: Option<ChildStdin>,
}

impl Lifeline {
    /// Starts the process, and hands back its standard output.
    pub(crate) fn start(command: &mut Command, what: &str) -> Result<(Self, ChildStdout), TestbedError> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().attempt(what)?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take();
        let lifeline = Self { child, stdin };
        let stdout = stdout.ok_or_else(|| TestbedError::Failed {
            what: what.into(),
            output: "its output is not a pipe".into(),
        })?;
        Ok((lifeline, stdout))
    }

    /// Writes a line to a process that does not only watch its standard input, but reads it.
    #[cfg(feature = "clients")]
    pub(crate) fn tell(&mut self, line: &str) -> io::Result<()> {
        let stdin = self.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        stdin.write_all(format!("{line}\n").as_bytes())
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // Without waiting, the next test could meet the remains. There is nobody to tell of a failure.
        let _ = self.child.wait();
    }
}

/// Runs a program to its end and returns what it printed, without the last line break.
pub(crate) fn run(command: &mut Command, what: &str) -> Result<String, TestbedError> {
    let output = command.stdin(Stdio::null()).output().attempt(what)?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned())
    } else {
        let said = [output.stderr.trim_ascii(), output.stdout.trim_ascii()];
        let said = said.into_iter().find(|text| !text.is_empty()).unwrap_or(b"it gave no reason");
        Err(TestbedError::Failed { what: what.into(), output: String::from_utf8_lossy(said).into_owned() })
    }
}
