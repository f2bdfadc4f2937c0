//! Count writes against the limit of the people who make them.

use crate::{
    env::Env,
    port::{
        Store, Tx,
        store::{Counting, UnitError},
    },
    principal::Credential,
    quota::{Quota, Window},
};

/// Runs a unit that serves one write or several, each counted first, whatever becomes of it. The unit is given where each
/// writer stands since, in their order: `None` without a limit, and for a write without a credential or with one that is
/// nobody's, for what that wants is refused anyway.
pub fn write_counted<T, E: UnitError>(
    store: &dyn Store,
    env: &Env,
    name: &'static str,
    writers: &[Option<&Credential>],
    mut work: impl FnMut(&mut dyn Tx, &[Option<Quota>]) -> Result<T, E>,
) -> Result<T, E> {
    let (limit, now) = (env.policy.writes_per_hour, env.now());
    let known: Vec<_> = writers.iter().flatten().copied().filter(|_| limit > 0).collect();
    let counting = Counting { writers: &known, window: Window::of(now), now };
    store.write_counted(name, &counting, |tx, counts| {
        let mut counts = counts.iter().copied();
        let quota = |writer: &Option<_>| {
            let count = writer.and_then(|_| counts.next().flatten())?;
            Some(Quota::after(count, limit, now))
        };
        let quotas: Vec<_> = writers.iter().map(quota).collect();
        work(tx, &quotas)
    })
}
