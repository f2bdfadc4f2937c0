//! Admission control: as many units of work run at once as the database has connections.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::progress::{Lane, Progress};

/// A concurrency limiter. A unit of work holds a permit while it runs.
#[derive(Debug, Clone)]
pub(crate) struct Limiter {
    permits: Arc<Semaphore>,
    total: usize,
    waiting: Arc<AtomicUsize>,
    progress: Progress,
}

/// How busy a limiter is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PermitLoad {
    pub(crate) in_use: usize,
    pub(crate) permits: usize,
}

/// Allows one unit of work, until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    #[expect(dead_code, reason = "dropping it is its use")]
    permit: OwnedSemaphorePermit,
    lane: Lane,
}

impl Permit {
    /// The holder makes progress. A holder that makes none for long is reported by the liveness check.
    pub(crate) fn advance(&self) {
        self.lane.advance();
    }
}

impl Limiter {
    /// Returns a limiter with this number of permits, or with one permit if the number is 0.
    pub(crate) fn new(permits: usize) -> Self {
        let total = permits.max(1);
        let permits = Arc::new(Semaphore::new(total));
        Self { permits, total, waiting: Arc::default(), progress: Progress::default() }
    }

    /// The progress of the work under the permits.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    fn permit(&self, permit: OwnedSemaphorePermit) -> Permit {
        Permit { permit, lane: self.progress.begin() }
    }

    /// A permit, if one is free.
    pub(crate) fn try_acquire(&self) -> Option<Permit> {
        Arc::clone(&self.permits).try_acquire_owned().ok().map(|permit| self.permit(permit))
    }

    /// A permit, or `None` when none became free within `wait`.
    pub(crate) async fn acquire_within(&self, wait: Duration) -> Option<Permit> {
        if let Some(permit) = self.try_acquire() {
            return Some(permit);
        }
        timeout(wait, self.acquire()).await.ok().flatten()
    }

    /// Waits for a permit, however long that takes. Never returns `None`, because the limiter is never closed.
    pub(crate) async fn acquire(&self) -> Option<Permit> {
        let _waiting = Waiting::new(&self.waiting);
        Arc::clone(&self.permits).acquire_owned().await.ok().map(|permit| self.permit(permit))
    }

    /// The permits that are in use, and all.
    pub(crate) fn load(&self) -> PermitLoad {
        let free = self.permits.available_permits();
        PermitLoad { in_use: self.total.saturating_sub(free), permits: self.total }
    }

    /// Whether other work waits for a permit. A runner then returns its permit between two batches.
    pub(crate) fn is_contended(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }
}

/// Counts one waiting caller, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_permit_that_stays_taken_is_waited_for_as_long_as_the_budget_allows() {
        let limiter = Limiter::new(1);
        let held = limiter.try_acquire();
        assert!(held.is_some());
        assert_eq!((limiter.load().in_use, limiter.load().permits), (1, 1));
        let began = tokio::time::Instant::now();
        assert!(limiter.acquire_within(Duration::from_secs(2)).await.is_none());
        assert_eq!(began.elapsed(), Duration::from_secs(2));
        assert!(!limiter.is_contended(), "the queue is empty");
        drop(held);
        assert!(limiter.acquire_within(Duration::ZERO).await.is_some(), "a free permit needs no budget");
    }
}
