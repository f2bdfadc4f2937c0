//! Readiness and liveness of this process.
//!
//! Readiness asks: would a write succeed now? Liveness asks: does all work make progress? A process that is not ready may
//! become ready again by itself; one that makes no progress has to be restarted.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use tokio::{
    sync::watch,
    task::spawn_blocking,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;
use usher_domain::port::{Clock, Store, StoreError};

use crate::{progress::Progress, telemetry, units::panicked};

/// Names the check in logs.
const NAME: &str = "health";

/// How often the database's clock is read when nothing else checks the database.
const CLOCK_INTERVAL: Duration = Duration::from_secs(30);

/// When this process counts as ready.
#[derive(Debug, Clone, Copy)]
pub struct HealthSettings {
    /// How long a check of the database may take.
    pub check_timeout: Duration,
    /// How much the machine's clock may differ from the database's.
    pub leeway: TimeDelta,
}

impl Default for HealthSettings {
    /// 50 milliseconds for a check, and 30 seconds between the clocks.
    fn default() -> Self {
        Self { check_timeout: Duration::from_millis(50), leeway: TimeDelta::seconds(30) }
    }
}

/// Why this process is not ready.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// The database does not accept writes.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The machine's clock is wrong: the database's clock is ahead of it by this much.
    #[error("the database's clock is {} seconds ahead of this machine's", .0.num_seconds())]
    Clock(TimeDelta),
}

/// Checks the health of this process. Cheap to clone.
#[derive(Clone)]
pub struct Health {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    settings: HealthSettings,
    progress: Progress,
    is_checking: AtomicBool,
    /// The result of the last check.
    checked: watch::Sender<Result<(), NotReady>>,
}

impl Health {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        progress: Progress,
        settings: HealthSettings,
    ) -> Self {
        let (checked, _) = watch::channel(Ok(()));
        let is_checking = AtomicBool::new(false);
        Self { inner: Arc::new(Inner { store, clock, settings, progress, is_checking, checked }) }
    }

    /// Whether a write would succeed now. Takes no longer than the check's limit, whatever the database does: checks run
    /// one at a time, on their own connection, and all callers share the result.
    pub async fn ready(&self) -> Result<(), NotReady> {
        let mut checked = self.inner.checked.subscribe();
        if !self.inner.is_checking.swap(true, Ordering::AcqRel) {
            tokio::spawn(self.clone().check());
        }
        let limit = self.inner.settings.check_timeout;
        if let Ok(Ok(())) = timeout(limit, checked.changed()).await {
            return checked.borrow().clone();
        }
        let error = StoreError::Unreachable(format!("no check within {limit:?}"));
        telemetry::report(NAME, &error);
        Err(error.into())
    }

    /// What makes no progress, if anything.
    #[must_use]
    pub fn stuck(&self) -> Option<&'static str> {
        self.inner.progress.stuck()
    }

    /// Lets the clock follow the database's until `stop`. Without it, the clock follows only while readiness is checked.
    pub async fn follow_database_clock(self, stop: CancellationToken) {
        let mut ticks = interval(CLOCK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            drop(self.ready().await);
        }
    }

    async fn check(self) {
        let inner = Arc::clone(&self.inner);
        let done = spawn_blocking(move || inner.check()).await;
        let done = done.unwrap_or_else(|error| Err(panicked(NAME, &error).into()));
        match &done {
            Ok(()) => {}
            Err(NotReady::Store(error)) => telemetry::report(NAME, error),
            Err(NotReady::Clock(ahead)) => tracing::warn!(
                ahead_seconds = ahead.num_seconds(),
                "not ready: the clocks of this machine and of the database differ by more than auth.leeway"
            ),
        }
        // First, so that a caller that comes after the result starts another check.
        self.inner.is_checking.store(false, Ordering::Release);
        drop(self.inner.checked.send_replace(done));
    }
}

impl Inner {
    fn check(&self) -> Result<(), NotReady> {
        let reading = self.store.check(self.clock.as_ref())?;
        let ahead = self.clock.follow(reading);
        if ahead.abs() > self.settings.leeway { Err(NotReady::Clock(ahead)) } else { Ok(()) }
    }
}

impl std::fmt::Debug for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Health").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
