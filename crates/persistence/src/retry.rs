use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    thread,
    time::Duration,
};

use usher_domain::port::StoreError;

/// How often what is contended runs before its caller learns of it.
const TRIES: u32 = 10;

/// The first pause, before it is shortened at random; each further one doubles.
const FIRST: Duration = Duration::from_millis(4);
/// The longest pause.
const LONGEST: Duration = Duration::from_millis(128);

/// Does something again as long as it is contended, a bounded number of times.
pub(crate) fn until_uncontended<T>(
    mut attempt: impl FnMut() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    for tries in 1..TRIES {
        match attempt() {
            Err(StoreError::Contended) => {
                tracing::debug!(tries, "contended, runs again");
                pause(tries);
            }
            end => return end,
        }
    }
    attempt().inspect_err(|error| tracing::warn!(%error, tries = TRIES, "given up"))
}

/// Waits before the next run. The pause is random, because those who ran into each other should not come
/// back together.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no event to wait for: the pause only parts those who ran into each other"
)]
fn pause(tries: u32) {
    let most = FIRST.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(LONGEST);
    // Decides nothing, so it need not be good: every hasher of the standard library begins with another random key.
    let random = u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap_or_default();
    thread::sleep(most.mul_f64(f64::midpoint(1.0, f64::from(random) / f64::from(u32::MAX))));
}
