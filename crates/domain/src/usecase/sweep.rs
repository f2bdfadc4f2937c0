//! The sweep: record what has expired, move the changes of counts, and remove what is older than its retention. It takes turns of
//! bounded size, so that no turn holds up other work for long.

use super::{attempt_sign_in::forget_sign_ins, expire::expire_overdue, idempotency::forget_stale};
use crate::{
    Timestamp,
    env::Env,
    outbox::{LeaseToken, MailQuota},
    port::{StoreError, Tx, store::LeasedWork},
};

/// How long the process that swept last keeps the others from sweeping. It outlasts the longest pause between two turns.
pub const LEASE: chrono::TimeDelta = chrono::TimeDelta::seconds(30);

/// A step of a turn: changes up to a number of rows, and returns how many.
type Step = fn(&mut dyn Tx, &Env, u32) -> Result<usize, StoreError>;

/// In this order, so that a flood of expiries comes before the purge.
const STEPS: [Step; 7] = [
    expire_overdue,
    forget_stale,
    forget_sign_ins,
    erase_ended,
    delete_old_mails,
    delete_old_events,
    delete_old_quotas,
];

/// Does one turn under the lease `token`: changes up to `limit` rows, and returns how many. `None` while another process has the
/// lease.
pub fn sweep(
    tx: &mut dyn Tx,
    env: &Env,
    token: &LeaseToken,
    limit: u32,
) -> Result<Option<usize>, StoreError> {
    let now = env.now();
    if !tx.take_lease(LeasedWork::Sweep, token, now, now + LEASE)? {
        return Ok(None);
    }
    let moved = tx.settle_open_counts()?;
    let mut changed = 0;
    for step in STEPS {
        let rest = limit.saturating_sub(u32::try_from(changed).unwrap_or(u32::MAX));
        if rest > 0 {
            changed += step(tx, env, rest)?;
        }
    }
    Ok(Some(changed + usize::from(changed == 0 && moved > 0)))
}

/// Ends the lease, so that another process can sweep at once.
pub fn end_lease(tx: &mut dyn Tx, env: &Env, token: &LeaseToken) -> Result<(), StoreError> {
    let now = env.now();
    tx.take_lease(LeasedWork::Sweep, token, now, now).map(drop)
}

/// The moment before which data is too old. `None` if the data is kept for ever.
fn cutoff(env: &Env, retention: Option<chrono::TimeDelta>) -> Option<Timestamp> {
    retention.map(|retention| env.now() - retention)
}

fn erase_ended(tx: &mut dyn Tx, env: &Env, limit: u32) -> Result<usize, StoreError> {
    let before = cutoff(env, env.policy.retention.invitations);
    before.map_or(Ok(0), |before| tx.erase_ended(before, env.now(), limit))
}

fn delete_old_mails(tx: &mut dyn Tx, env: &Env, limit: u32) -> Result<usize, StoreError> {
    let before = cutoff(env, env.policy.retention.mails);
    before.map_or(Ok(0), |before| tx.delete_old_mails(before, limit))
}

fn delete_old_events(tx: &mut dyn Tx, env: &Env, limit: u32) -> Result<usize, StoreError> {
    let before = cutoff(env, env.policy.retention.audit_events);
    before.map_or(Ok(0), |before| tx.delete_old_events(before, limit))
}

fn delete_old_quotas(tx: &mut dyn Tx, env: &Env, limit: u32) -> Result<usize, StoreError> {
    tx.delete_old_mail_quotas(MailQuota::stale_at(env.now()), limit)
}
