//! Gauges of what the application is doing and of what waits for it. They are recorded when metrics are scraped.

use std::time::Duration;

use metrics::gauge;
use usher_domain::{
    env::Env,
    port::{StoreError, Tx, store::Mode},
};

use crate::{
    batch::BatchLoad,
    context::RequestContext,
    limiter::PermitLoad,
    telemetry::catalogue::{
        BACKLOG_READ, BATCH_REQUESTS, BATCH_RUNNERS, MAIL_DEAD, MAIL_DUE, MAIL_OLDEST_DUE, PERMITS,
        PERMITS_IN_USE, UNSETTLED,
    },
    units::Units,
};

/// The most rows that a gauge counts, so that a scrape stays cheap however much waits.
const MOST: u32 = 10_000;

/// Records permits.
pub(crate) fn record_permits(limiter: &'static str, load: PermitLoad) {
    gauge!(PERMITS_IN_USE, "limiter" => limiter).set(number(load.in_use));
    gauge!(PERMITS, "limiter" => limiter).set(number(load.permits));
}

/// Records the batches of an operation.
pub(crate) fn record_batches(load: BatchLoad) {
    let BatchLoad { operation, waiting, in_progress, runners } = load;
    gauge!(BATCH_REQUESTS, "operation" => operation, "state" => "waiting").set(number(waiting));
    gauge!(BATCH_REQUESTS, "operation" => operation, "state" => "in_progress").set(number(in_progress));
    gauge!(BATCH_RUNNERS, "operation" => operation).set(number(runners));
}

/// Records what waits in the store.
pub(crate) async fn record_backlog(units: &Units) {
    let read = |tx: &mut dyn Tx, env: &Env| waiting(tx, env);
    match units.run(&RequestContext::internal(), "metrics.read", Mode::Look, read).await {
        Ok(waiting) => waiting.record(),
        Err(_) => forget_backlog(),
    }
}

/// Records that it is not known what waits in the store.
pub fn forget_backlog() {
    gauge!(BACKLOG_READ).set(0);
    for name in [MAIL_DUE, MAIL_OLDEST_DUE, MAIL_DEAD, UNSETTLED] {
        gauge!(name).set(f64::NAN);
    }
}

/// What waits in the store.
struct Waiting {
    due: u32,
    oldest_due: Duration,
    dead: u32,
    unsettled: u32,
}

fn waiting(tx: &mut dyn Tx, env: &Env) -> Result<Waiting, StoreError> {
    let now = env.now();
    let oldest = tx.next_mail_due()?.and_then(|due_at| (now - due_at).to_std().ok());
    Ok(Waiting {
        due: tx.due_mails(now, MOST)?,
        oldest_due: oldest.unwrap_or_default(),
        dead: tx.dead_mails(MOST)?,
        unsettled: tx.unsettled_changes(MOST)?,
    })
}

impl Waiting {
    fn record(&self) {
        gauge!(BACKLOG_READ).set(1);
        gauge!(MAIL_DUE).set(self.due);
        gauge!(MAIL_OLDEST_DUE).set(self.oldest_due);
        gauge!(MAIL_DEAD).set(self.dead);
        gauge!(UNSETTLED).set(self.unsettled);
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
