//! The delivery worker: delivers the outbox, and sweeps. A sweep records expiry and deletes answers of old idempotency keys.
//!
//! The worker wakes when this process queues a mail or a delivery ends, and at every poll interval, because other
//! replicas queue mails too and retries become due. It sweeps at the poll interval only. Any number of workers may run:
//! leases keep them apart. A worker that is killed leaves leases behind, which end by themselves; a mail that the relay
//! had just accepted is sent again with the same Message-ID.

mod breaker;
mod deliver;

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use usher_domain::{
    env::Env,
    port::{Mailer, StoreError, Tx, store::Mode},
    usecase::{attempt_sign_in::forget_sign_ins, expire::expire_overdue, idempotency::forget_stale},
};

use breaker::Breaker;

use crate::{context::RequestContext, telemetry, units::Units};

/// Rows that a sweep changes in one unit of work.
const SWEEP: u32 = 100;

/// How the worker works.
#[derive(Debug, Clone, Copy)]
pub struct WorkerSettings {
    /// Number of mails that are sent concurrently; 0 means 1.
    pub concurrency: usize,
    /// How often it looks for work without being woken.
    pub poll_interval: Duration,
}

/// Delivers mails until the process shuts down.
pub struct Worker {
    units: Units,
    mailer: Arc<dyn Mailer>,
    concurrency: usize,
    poll_interval: Duration,
    wake: Arc<Notify>,
    breaker: Breaker,
    running: JoinSet<deliver::RelayState>,
}

impl Worker {
    pub(crate) fn new(
        units: Units,
        mailer: Arc<dyn Mailer>,
        settings: WorkerSettings,
        wake: Arc<Notify>,
    ) -> Self {
        let WorkerSettings { concurrency, poll_interval } = settings;
        Self {
            units,
            mailer,
            concurrency: concurrency.max(1),
            poll_interval,
            wake,
            breaker: Breaker::default(),
            running: JoinSet::new(),
        }
    }

    /// Works until `stop`, then finishes the deliveries in progress.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut poll = interval(self.poll_interval);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.units.limiter.progress().worker(self.poll_interval);
            tokio::select! {
                // In this order, so that neither a stop nor a sweep waits for a queue that never empties.
                biased;
                () = stop.cancelled() => break,
                _ = poll.tick() => self.sweep().await,
                Some(done) = self.running.join_next() => self.note(done),
                () = self.wake.notified() => {}
            }
            self.step().await;
        }
        self.units.limiter.progress().worker_ended();
        while let Some(done) = self.running.join_next().await {
            self.note(done);
        }
    }

    /// Sweeps, and delivers until nothing is due any more. Tests call it instead of waiting.
    pub async fn drain(&mut self) {
        self.sweep().await;
        self.step().await;
        while let Some(done) = self.running.join_next().await {
            self.note(done);
            self.step().await;
        }
    }

    /// Starts as many deliveries as may run at once. A failure is logged where it happens; the next poll tries again.
    async fn step(&mut self) {
        if self.start().await.is_ok() {
            telemetry::delivery::worker_progressed(self.units.env.now());
        }
    }

    /// Sweeps. A failure is logged where it happens; the next sweep tries again.
    async fn sweep(&self) {
        drop(self.in_batches("invitation.expire", expire_overdue).await);
        drop(self.in_batches("idempotency_key.delete_old", forget_stale).await);
        drop(self.in_batches("sign_in.delete_old", forget_sign_ins).await);
        let settle = |tx: &mut dyn Tx, _: &Env| tx.settle_open_counts();
        let context = RequestContext::internal();
        drop(self.units.run(&context, "invitation.settle_counts", Mode::Write, settle).await);
    }

    /// Runs a use case that changes up to [`SWEEP`] rows, unit by unit, until there are no more.
    async fn in_batches(
        &self,
        name: &'static str,
        work: fn(&mut dyn Tx, &Env, u32) -> Result<usize, StoreError>,
    ) -> Result<(), StoreError> {
        loop {
            let batch = move |tx: &mut dyn Tx, env: &Env| work(tx, env, SWEEP);
            let done = self.units.run(&RequestContext::internal(), name, Mode::Write, batch).await?;
            self.units.limiter.progress().worker(self.poll_interval);
            if done < SWEEP as usize {
                return Ok(());
            }
        }
    }

    async fn start(&mut self) -> Result<(), StoreError> {
        let free = self.concurrency.saturating_sub(self.running.len());
        let limit = self.breaker.allowed(free, self.running.len(), self.units.env.now());
        if limit == 0 {
            return Ok(());
        }
        let refuses_most = self.breaker.refuses_most();
        for delivery in deliver::claim(&self.units, limit).await? {
            let (units, mailer) = (self.units.clone(), Arc::clone(&self.mailer));
            self.running.spawn(async move {
                deliver::deliver(&units, mailer.as_ref(), delivery, refuses_most).await
            });
        }
        Ok(())
    }

    fn note(&mut self, done: Result<deliver::RelayState, tokio::task::JoinError>) {
        match done {
            Ok(relay) => self.breaker.note(relay, self.units.env.now()),
            // The lease ends by itself, and the mail is tried again.
            Err(error) => tracing::error!(%error, "a delivery panicked"),
        }
    }
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("concurrency", &self.concurrency).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
