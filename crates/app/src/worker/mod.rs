//! The delivery worker: delivers the outbox, and sweeps beside it.
//!
//! The worker wakes when this process queues a mail or a delivery ends, and at every poll interval, because other
//! replicas queue mails too and retries become due. Any number of workers may run: leases keep them apart. A worker that
//! is killed leaves leases behind, which end by themselves; a mail that the relay had just accepted is sent again with
//! the same Message-ID.

mod breaker;
mod deliver;
mod places;
mod suspects;
mod sweeper;

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::Notify,
    task::{Id, JoinError, JoinSet},
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use usher_domain::{
    id::AccountId,
    port::{Entropy, Mailer, StoreError},
    usecase::deliver::Turn,
};

use breaker::Breaker;
use deliver::{Attempted, RelayState};
use places::Places;
use suspects::{Suspect, Suspects};
use sweeper::Sweeper;

use crate::{progress::Routine, telemetry, units::Units};

/// How the worker works.
#[derive(Debug, Clone, Copy)]
pub struct WorkerSettings {
    /// Number of mails that are sent concurrently; 0 means 1.
    pub concurrency: usize,
    /// Mails that are sent at once besides, while others take long.
    pub slow_concurrency: usize,
    /// How often it looks for work without being woken. Up to a quarter is added at random, so that replicas do not look at the
    /// same moment.
    pub poll_interval: Duration,
}

/// Delivers mails until the process shuts down.
pub struct Worker {
    units: Units,
    mailer: Arc<dyn Mailer>,
    poll_interval: Duration,
    wake: Arc<Notify>,
    breaker: Breaker,
    places: Places,
    suspects: Suspects,
    /// The account that had the last turn.
    last_account: Option<AccountId>,
    running: JoinSet<Attempted>,
    sweeper: Arc<Sweeper>,
    /// Tells the sweeper that there is something to do.
    active: Arc<Notify>,
}

impl Worker {
    pub(crate) fn new(
        units: Units,
        mailer: Arc<dyn Mailer>,
        settings: WorkerSettings,
        wake: Arc<Notify>,
    ) -> Self {
        let WorkerSettings { concurrency, slow_concurrency, poll_interval } = settings;
        let active = Arc::new(Notify::new());
        Self {
            sweeper: Arc::new(Sweeper::new(units.clone(), Arc::clone(&active))),
            units,
            mailer,
            poll_interval,
            wake,
            breaker: Breaker::default(),
            places: Places::new(concurrency, slow_concurrency),
            suspects: Suspects::default(),
            last_account: None,
            running: JoinSet::new(),
            active,
        }
    }

    /// Works until `stop`, then finishes the deliveries in progress.
    pub async fn run(mut self, stop: CancellationToken) {
        let sweeper = Arc::clone(&self.sweeper);
        tokio::join!(sweeper.run(&stop), self.deliver_until(&stop));
    }

    async fn deliver_until(&mut self, stop: &CancellationToken) {
        self.step().await;
        loop {
            let poll = jittered(self.poll_interval, self.units.env.entropy.as_ref());
            self.units.limiter.progress().routine(Routine::Worker, poll);
            let pause = self.pause(poll);
            tokio::select! {
                // In this order, so that a stop does not wait for a queue that never empties.
                biased;
                () = stop.cancelled() => break,
                Some(done) = self.running.join_next_with_id() => self.note(done),
                () = self.wake.notified() => self.active.notify_one(),
                () = sleep(pause) => {}
            }
            self.settle_suspects();
            self.step().await;
        }
        self.units.limiter.progress().ended(Routine::Worker);
        while self.finish_running().await {}
    }

    /// Waits for the deliveries in progress, then starts to record what is undecided. Returns whether there is any of that.
    async fn finish_running(&mut self) -> bool {
        while let Some(done) = self.running.join_next_with_id().await {
            self.note(done);
        }
        let suspects = self.suspects.take_all();
        self.settle_refusals(suspects);
        !self.running.is_empty()
    }

    /// How long to wait without being woken.
    fn pause(&self, poll: Duration) -> Duration {
        let wait = self.suspects.longest_wait(self.units.env.now()).and_then(|wait| wait.to_std().ok());
        wait.map_or(poll, |wait| wait.min(poll))
    }

    /// Sweeps, and delivers until nothing is due any more. Tests call it instead of waiting.
    pub async fn drain(&mut self) {
        self.sweeper.drain().await;
        self.step().await;
        loop {
            while let Some(done) = self.running.join_next_with_id().await {
                self.note(done);
                self.settle_suspects();
                self.step().await;
            }
            if !self.finish_running().await {
                return;
            }
        }
    }

    /// Starts as many deliveries as may run at once. A failure is logged where it happens; the next poll tries again.
    async fn step(&mut self) {
        if self.start().await.is_ok() {
            telemetry::delivery::worker_progressed(self.units.env.now());
        }
    }

    async fn start(&mut self) -> Result<(), StoreError> {
        let now = Instant::now();
        let limit = self.breaker.allowed(self.places.free(now), self.running.len(), self.units.env.now());
        if limit == 0 {
            return Ok(());
        }
        let turn = Turn { after: self.last_account, slow: self.places.slow_destinations(now) };
        let claimed = deliver::claim(&self.units, turn, limit).await?;
        self.last_account = claimed.last;
        for delivery in claimed.deliveries {
            let destination = delivery.mail.destination.clone();
            let (units, mailer) = (self.units.clone(), Arc::clone(&self.mailer));
            let task =
                self.running.spawn(async move { deliver::deliver(&units, mailer.as_ref(), delivery).await });
            self.places.enter(task.id(), destination, Instant::now());
        }
        Ok(())
    }

    fn note(&mut self, done: Result<(Id, Attempted), JoinError>) {
        match done {
            Ok((task, attempted)) => {
                self.places.leave(task);
                self.note_attempted(attempted);
            }
            // The lease ends by itself, and the mail is tried again.
            Err(error) => {
                self.places.leave(error.id());
                tracing::error!(%error, "a delivery panicked");
            }
        }
    }

    fn note_attempted(&mut self, attempted: Attempted) {
        let now = self.units.env.now();
        match attempted {
            Attempted::Settled(relay, answer) => {
                self.breaker.note(relay, now);
                if relay == RelayState::Accepted {
                    self.suspects.note_accepted(answer);
                }
            }
            Attempted::Suspect(suspect) => {
                // Another refusal of the same mail says nothing about other mails.
                let is_first = suspect.delivery.mail.refused_at.is_none();
                let relay = if is_first { RelayState::RecipientRefused } else { RelayState::Answered };
                self.breaker.note(relay, now);
                self.suspects.add(*suspect);
            }
            Attempted::Judged => {}
        }
    }

    /// Records the refusals that are decided.
    fn settle_suspects(&mut self) {
        let decided = self.suspects.take_decided(self.units.env.now());
        self.settle_refusals(decided);
    }

    fn settle_refusals(&mut self, refusals: Vec<(Suspect, bool)>) {
        for (suspect, is_final) in refusals {
            let units = self.units.clone();
            self.running.spawn(async move { deliver::record_refusal(&units, suspect, is_final).await });
        }
    }
}

/// The interval and up to a quarter more.
fn jittered(interval: Duration, entropy: &dyn Entropy) -> Duration {
    let mut random = [0];
    entropy.fill(&mut random);
    interval + interval / 4 * u32::from(random[0]) / 255
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("places", &self.places).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
