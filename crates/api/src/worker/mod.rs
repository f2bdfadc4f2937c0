//! The worker: delivers the outbox and writes down expiry.
//!
//! It wakes when a mail was queued in this process or a delivery ended, and every poll interval besides, because other
//! replicas queue mails too and tries become due. Any number of workers may run: leases keep them apart. A worker that is killed leaves
//! leases behind, which end by themselves; a mail whose relay answered just then is sent again with the same
//! Message-ID.

mod breaker;
mod deliver;

use std::{sync::Arc, time::Duration};

use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;
use usher_domain::{
    port::{Mailer, StoreError},
    usecase::expire::expire_overdue,
};

use breaker::Breaker;

use crate::gate::Gate;

/// Overdue invitations written down in one unit of work.
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
        while !stop.is_cancelled() {
            self.step().await;
            tokio::select! {
                Some(done) = self.running.join_next() => self.note(done),
                () = self.wake.notified() => {}
                () = tokio::time::sleep(self.poll_interval) => {}
                () = stop.cancelled() => {}
            }
        }
        while let Some(done) = self.running.join_next().await {
            self.note(done);
        }
    }

    /// Delivers and sweeps until nothing is due any more. What tests drain instead of waiting.
    pub async fn drain(&mut self) {
        self.step().await;
        while let Some(done) = self.running.join_next().await {
            self.note(done);
            self.step().await;
        }
    }

    /// Sweeps, and starts as many deliveries as there are places.
    async fn step(&mut self) {
        if let Err(error) = self.sweep().await {
            tracing::warn!(%error, "could not write down expired invitations");
        }
        if let Err(error) = self.start().await {
            tracing::warn!(%error, "could not claim mails");
        }
    }

    async fn sweep(&self) -> Result<(), StoreError> {
        loop {
            let swept = self.gate.run(|store, env| {
                store.write::<_, StoreError>("worker.sweep", |tx| expire_overdue(tx, env, SWEEP))
            });
            if swept.await? < SWEEP as usize {
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
