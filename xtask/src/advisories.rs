//! Security advisories of the dependencies.

use std::{
    io::Read as _,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use usher_tooling::{Failure, program, report_progress, step};

/// The database that cargo-deny reads, unless `deny.toml` names another one.
const DATABASE: &str = "https://github.com/RustSec/advisory-db";

/// How long the database may take to respond before it counts as unreachable.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Fails when a dependency has an advisory. Prints one line and skips the check where the database cannot be fetched,
/// so that the other checks still work without access to it.
pub(crate) fn check(mut deny: Command) -> Result<(), Failure> {
    if is_reachable(DATABASE) {
        return step("advisories", deny.args(["check", "advisories"]));
    }
    report_progress(&format!("advisories: SKIPPED, because {DATABASE} cannot be fetched from here"));
    Ok(())
}

/// Whether Git can list the branches of the repository within [`TIMEOUT`].
fn is_reachable(repository: &str) -> bool {
    let mut git = program("git");
    git.args(["ls-remote", repository, "HEAD"]).env("GIT_TERMINAL_PROMPT", "0");
    git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let Ok(mut git) = git.spawn() else { return false };
    let (sender, receiver) = mpsc::channel();
    if let Some(mut output) = git.stdout.take() {
        thread::spawn(move || {
            let mut listed = String::new();
            let read = output.read_to_string(&mut listed);
            // Fails only when the timeout has passed and the receiver is gone.
            let _ = sender.send(read.is_ok() && listed.contains("HEAD"));
        });
    }
    let is_listed = receiver.recv_timeout(TIMEOUT).unwrap_or(false);
    // Git may still be running after a timeout. A failure means that it has ended.
    let _ = git.kill();
    let _ = git.wait();
    is_listed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_that_does_not_exist_is_unreachable() {
        assert!(!is_reachable("/nonexistent/advisory-db"));
    }
}
