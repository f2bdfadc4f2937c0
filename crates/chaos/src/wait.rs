//! Waiting for other processes.

use std::{
    thread,
    time::{Duration, Instant},
};

use usher_tooling::Failure;

/// The pause between two polls.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// Longer than any immediate reaction of Usher takes.
pub(crate) const USUAL_TIMEOUT: Duration = Duration::from_secs(30);

/// Polls until `poll` returns a value. Fails when that takes longer than the timeout; the failure names `what`.
pub(crate) fn until<T>(
    what: &str,
    timeout: Duration,
    mut poll: impl FnMut() -> Result<Option<T>, Failure>,
) -> Result<T, Failure> {
    let started = Instant::now();
    loop {
        if let Some(value) = poll()? {
            return Ok(value);
        }
        if started.elapsed() > timeout {
            return Err(format!("timed out after {} s: {what}", timeout.as_secs()).into());
        }
        pause(POLL_INTERVAL);
    }
}

/// Sleeps for the given time.
#[expect(
    clippy::disallowed_methods,
    reason = "the seed chooses the moments of kills, and other processes raise no events here; no test assumes that work is \
              done after a pause"
)]
pub(crate) fn pause(time: Duration) {
    thread::sleep(time);
}
