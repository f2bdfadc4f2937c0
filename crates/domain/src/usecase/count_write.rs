//! Count writes against the hourly limit of the people who make them.

use crate::{
    env::Env,
    port::{
        Store, StoreError, Tx,
        store::{Counting, Unit, Verdict},
    },
    principal::Credential,
    quota::{Quota, Window},
};

/// The work of a counted unit; it gets where each writer stands since.
pub type QuotaWork<'w> = dyn FnMut(&mut dyn Tx, &[Option<Quota>]) -> Result<Verdict, StoreError> + 'w;

/// Runs a unit that serves one write or several, and counts each first, whatever becomes of it.
///
/// The work gets one quota for each writer, in their order. A quota is `None` without a limit, without a credential, and with
/// a credential that belongs to no person: such a request is rejected anyway.
pub fn run_counted(
    store: &dyn Store,
    env: &Env,
    unit: Unit,
    writers: &[Option<&Credential>],
    work: &mut QuotaWork<'_>,
) -> Result<(), StoreError> {
    let (limit, now) = (env.policy.writes_per_hour, env.now());
    let known: Vec<_> = writers.iter().flatten().copied().filter(|_| limit > 0).collect();
    let counting = Counting { writers: &known, window: Window::of(now), now };
    store.run_counted(unit, &counting, &mut |tx, counts| {
        let mut counts = counts.iter().copied();
        let quota = |writer: &Option<_>| {
            let count = writer.and_then(|_| counts.next().flatten())?;
            Some(Quota::after(count, limit, now))
        };
        let quotas: Vec<_> = writers.iter().map(quota).collect();
        work(tx, &quotas)
    })
}
