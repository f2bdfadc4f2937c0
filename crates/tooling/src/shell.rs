//! Running other programs, with progress on standard error.

use std::{
    env,
    ffi::{OsStr, OsString},
    io,
    path::Path,
    process::{Child, Command, Stdio},
    time::Instant,
};

use usher_testbed::{described, workspace};

use crate::{failure::Failure, progress::report_progress};

/// An environment variable of the developer.
#[expect(clippy::disallowed_methods, reason = "tasks have no settings, only the developer's environment")]
#[must_use]
pub fn environment_variable(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// A command that runs in the root folder of the workspace.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(workspace());
    command
}

/// A command for the Cargo that runs this task.
#[must_use]
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = program(environment_variable("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Starts a program without waiting for its end.
pub fn spawn(command: &mut Command) -> Result<Child, Failure> {
    command.spawn().map_err(|error| not_started(command, &error))
}

/// The error of the operating system names neither the program nor the folder.
fn not_started(command: &Command, error: &io::Error) -> Failure {
    format!("cannot start {}: {error}", described(command)).into()
}

/// Runs one step of a task and prints how long it took. The program's output goes where the task's own output goes.
pub fn step(name: &str, command: &mut Command) -> Result<(), Failure> {
    report_progress(name);
    let started = Instant::now();
    let status = command.status().map_err(|error| not_started(command, &error).at(name))?;
    let seconds = started.elapsed().as_secs();
    if status.success() {
        report_progress(&format!("{name}: done in {seconds} s"));
        return Ok(());
    }
    report_progress(&format!("{name}: failed after {seconds} s ({status})"));
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Err(Failure::of_program(code))
}

/// Runs a program and prints its output only when it fails.
pub fn quietly(name: &str, command: &mut Command) -> Result<(), Failure> {
    report_progress(name);
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| not_started(command, &error).at(name))?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    Err(format!("{name}: failed ({})\n{}", output.status, printed.trim_end()).into())
}

/// The standard output of a program; none when the program is missing or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a program to its end and returns its standard output; the failure contains everything that the program printed.
pub fn output_of(command: &mut Command) -> Result<String, Failure> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| not_started(command, &error))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let printed = text(&[output.stdout, output.stderr].concat());
    let name = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy();
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    Err(format!("{name} {}: {printed}", arguments.join(" ")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_cannot_be_started_is_named_with_its_folder() {
        let expected = format!("cannot start no-such-program in {}: ", workspace().display());
        let missing = || program("no-such-program");
        for failure in [
            step("testing", &mut missing()).unwrap_err(),
            quietly("testing", &mut missing()).unwrap_err(),
            output_of(&mut missing()).unwrap_err(),
            spawn(&mut missing()).unwrap_err(),
        ] {
            let reason = failure.reason();
            assert!(reason.contains(&expected), "{reason}");
        }
    }
}
