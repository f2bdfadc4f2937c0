//! What operators see of the delivery worker.

use metrics::{counter, gauge};
use usher_domain::{Timestamp, port::StoreError, usecase::deliver::Settled};

use super::catalogue::{DELIVERIES, SWEEP_PROGRESS, WORKER_PROGRESS};

/// Counts a delivery by its result.
pub(crate) fn delivered(settled: &Result<Settled, StoreError>) {
    let result = match settled {
        Ok(Settled::Relayed) => "relayed",
        Ok(Settled::Retry(_)) => "deferred",
        Ok(Settled::Dead) => "dead",
        Ok(Settled::LeaseLost) => "lease_lost",
        Err(_) => "unrecorded",
    };
    counter!(DELIVERIES, "result" => result).increment(1);
}

/// Records that the worker looked for mails with success.
pub(crate) fn worker_progressed(now: Timestamp) {
    gauge!(WORKER_PROGRESS).set(since_epoch(now));
}

/// Records that a turn of the sweep ended with success in this process.
pub(crate) fn swept(now: Timestamp) {
    gauge!(SWEEP_PROGRESS).set(since_epoch(now));
}

fn since_epoch(now: Timestamp) -> std::time::Duration {
    (now - Timestamp::UNIX_EPOCH).to_std().unwrap_or_default()
}
