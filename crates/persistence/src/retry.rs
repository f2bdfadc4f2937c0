use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    thread,
    time::Duration,
};

use usher_domain::port::StoreError;

/// The maximum number of runs of a contended unit.
const TRIES: u32 = 10;

/// The first pause, before its random reduction. Each later pause is twice as long.
const FIRST: Duration = Duration::from_millis(4);
/// The longest pause.
const LONGEST: Duration = Duration::from_millis(128);

/// Counts the runs of a contended unit.
#[derive(Debug, Default)]
pub(crate) struct Retries {
    runs: u32,
}

impl Retries {
    /// Waits before the next run of a contended unit. Returns `false`, without waiting, when no runs are left.
    pub(crate) fn pause(&mut self) -> bool {
        self.runs += 1;
        if self.runs == TRIES {
            tracing::warn!(tries = TRIES, "too many changes to the same row: given up");
            return false;
        }
        tracing::debug!(tries = self.runs, "contended, runs again");
        pause(self.runs);
        true
    }
}

/// Runs an attempt again while it is contended, a bounded number of times.
pub(crate) fn until_uncontended<T>(
    mut attempt: impl FnMut() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut retries = Retries::default();
    loop {
        match attempt() {
            Err(StoreError::Contended) if retries.pause() => {}
            end => return end,
        }
    }
}

/// Waits before the next run. The pause is random, so that contended units do not collide again.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no event to wait for: the pause only separates contended units"
)]
fn pause(tries: u32) {
    let most = FIRST.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(LONGEST);
    // Any randomness will do: every hasher of the standard library starts with a different random key.
    let random = u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap_or_default();
    thread::sleep(most.mul_f64(f64::midpoint(1.0, f64::from(random) / f64::from(u32::MAX))));
}
