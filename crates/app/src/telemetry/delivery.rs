//! What operators see of the delivery worker.

use metrics::{counter, gauge};
use usher_domain::{Timestamp, port::StoreError, usecase::deliver::Settled};

use super::catalogue::{DELIVERIES, WORKER_PROGRESS};

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
    let since_epoch = (now - Timestamp::UNIX_EPOCH).to_std().unwrap_or_default();
    gauge!(WORKER_PROGRESS).set(since_epoch);
}
