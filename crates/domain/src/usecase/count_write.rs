//! Count a write against the limit of the person who makes it.

use crate::{
    env::Env,
    port::{Store, StoreError},
    principal::Credential,
    quota::{Quota, Window},
};

/// Counts one more write, whatever becomes of it. `None` without a limit, and for a credential that is nobody's: what it
/// wants is refused anyway.
pub fn count_write(
    store: &dyn Store,
    env: &Env,
    credential: &Credential,
) -> Result<Option<Quota>, StoreError> {
    let limit = env.policy.writes_per_hour;
    if limit == 0 {
        return Ok(None);
    }
    let now = env.now();
    let count = store.count_write(credential, Window::of(now), now)?;
    Ok(count.map(|count| Quota::after(count, limit, now)))
}
