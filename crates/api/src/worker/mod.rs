//! The worker: delivers the outbox and sweeps, which is to write down expiry and to forget answers that are too old to be
//! given again.
//!
//! It wakes when a mail was queued in this process or a delivery ended, and every poll interval besides, because other
//! replicas queue mails too and tries become due. It sweeps at the poll interval only: nothing waits for it. Any number of workers may run: leases keep them apart. A worker that is killed leaves
//! leases behind, which end by themselves; a mail whose relay answered just then is sent again with the same
//! Message-ID.

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
    port::{Mailer, StoreError, Tx},
    usecase::{expire::expire_overdue, idempotency::forget_stale},
};

use breaker::Breaker;

use crate::gate::Gate;

/// Overdue invitations written down, or answers forgotten, in one unit of work.
const SWEEP: u32 = 100;

/// Delivers mails until it is told to stop.
pub struct Worker {
    gate: Gate,
    mailer: Arc<dyn Mailer>,
    concurrency: usize,
    poll_interval: Duration,
    wake: Arc<Notify>,
    breaker: Breaker,
    running: JoinSet<deliver::Outcome>,
}

impl Worker {
    /// A worker that sends `concurrency` mails at once and looks for work at least every `poll_interval`.
    #[must_use]
    pub fn new(
        gate: Gate,
        mailer: Arc<dyn Mailer>,
        concurrency: usize,
        poll_interval: Duration,
        wake: Arc<Notify>,
    ) -> Self {
        let concurrency = concurrency.max(1);
        let (breaker, running) = (Breaker::default(), JoinSet::new());
        Self { gate, mailer, concurrency, poll_interval, wake, breaker, running }
    }

    /// Works until `stop`, then finishes the deliveries that are running.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut poll = interval(self.poll_interval);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // In this order, so that neither the end nor a sweep waits for a queue that never empties.
                biased;
                () = stop.cancelled() => break,
                _ = poll.tick() => self.sweep().await,
                Some(done) = self.running.join_next() => self.note(done),
                () = self.wake.notified() => {}
            }
            self.step().await;
        }
        while let Some(done) = self.running.join_next().await {
            self.note(done);
        }
    }

    /// Sweeps, and delivers until nothing is due any more. What tests drain instead of waiting.
    pub async fn drain(&mut self) {
        self.sweep().await;
        self.step().await;
        while let Some(done) = self.running.join_next().await {
            self.note(done);
            self.step().await;
        }
    }

    /// Starts as many deliveries as there are places.
    async fn step(&mut self) {
        if let Err(error) = self.start().await {
            tracing::warn!(%error, "could not claim mails");
        }
    }

    async fn sweep(&self) {
        if let Err(error) = self.in_batches("worker.expire", expire_overdue).await {
            tracing::warn!(%error, "could not write down expired invitations");
        }
        if let Err(error) = self.in_batches("worker.forget", forget_stale).await {
            tracing::warn!(%error, "could not forget old answers");
        }
        let settled = self.gate.run(|store, _| {
            store.write::<_, StoreError>("worker.settle_counts", |tx| tx.settle_open_counts())
        });
        if let Err(error) = settled.await {
            tracing::warn!(%error, "could not settle the counts of open invitations");
        }
    }

    /// Runs a use case that does up to [`SWEEP`] of something, one unit after the other, until there is no more of it.
    async fn in_batches(
        &self,
        name: &'static str,
        work: fn(&mut dyn Tx, &Env, u32) -> Result<usize, StoreError>,
    ) -> Result<(), StoreError> {
        loop {
            let done = self
                .gate
                .run(move |store, env| store.write::<_, StoreError>(name, |tx| work(tx, env, SWEEP)));
            if done.await? < SWEEP as usize {
                return Ok(());
            }
        }
    }

    async fn start(&mut self) -> Result<(), StoreError> {
        let places = self.concurrency.saturating_sub(self.running.len());
        let limit = self.breaker.allowed(places, self.gate.env().now());
        if limit == 0 {
            return Ok(());
        }
        for delivery in deliver::claim(&self.gate, limit).await? {
            let (gate, mailer) = (self.gate.clone(), Arc::clone(&self.mailer));
            self.running.spawn(async move { deliver::deliver(&gate, mailer.as_ref(), delivery).await });
        }
        Ok(())
    }

    fn note(&mut self, done: Result<deliver::Outcome, tokio::task::JoinError>) {
        match done {
            Ok(deliver::Outcome::RelayAnswered) => self.breaker.close(),
            Ok(deliver::Outcome::RelayUnreachable) => self.breaker.open(self.gate.env().now()),
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
