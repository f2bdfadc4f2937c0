//! Waiting for what others do.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::shell::Failure;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(2);

/// Longer than anything takes that Usher does at once.
pub(super) const USUAL: Duration = Duration::from_secs(30);

/// Looks until there is something to see; fails when that takes longer than `patience`.
pub(super) fn until<T>(
    what: &str,
    patience: Duration,
    mut look: impl FnMut() -> Result<Option<T>, Failure>,
) -> Result<T, Failure> {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look()? {
            return Ok(seen);
        }
        if begun.elapsed() > patience {
            return Err(format!("waited {} s in vain: {what}", patience.as_secs()).into());
        }
        pause(PAUSE);
    }
}

/// Lets time pass.
#[expect(
    clippy::disallowed_methods,
    reason = "moments of kills are chosen by the seed, and databases have no event to wait for; nothing is taken for done after it"
)]
pub(super) fn pause(time: Duration) {
    thread::sleep(time);
}
