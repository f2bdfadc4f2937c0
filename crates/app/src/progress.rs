use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// How long work may go on without progress. Every call of the database ends much earlier.
const LONGEST: Duration = Duration::from_mins(5);

/// Knows since when the work of this process has made no progress.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    last: u64,
    /// When each lane made progress last. A lane is the work under one permit.
    lanes: HashMap<u64, Instant>,
    /// By when the worker has to make progress, while it runs.
    worker_due: Option<Instant>,
}

impl Progress {
    /// Begins to watch a lane.
    pub(crate) fn begin(&self) -> Lane {
        let mut state = self.state();
        state.last += 1;
        let id = state.last;
        state.lanes.insert(id, Instant::now());
        Lane { progress: self.clone(), id }
    }

    /// The worker makes progress, and will again after a pause of at most `pause`.
    pub(crate) fn worker(&self, pause: Duration) {
        self.state().worker_due = Instant::now().checked_add(pause + LONGEST);
    }

    /// The worker has ended.
    pub(crate) fn worker_ended(&self) {
        self.state().worker_due = None;
    }

    /// What makes no progress, if anything.
    pub(crate) fn stuck(&self) -> Option<&'static str> {
        let (state, now) = (self.state(), Instant::now());
        if state.worker_due.is_some_and(|due| due < now) {
            return Some("worker");
        }
        let is_stuck = |since: &Instant| now.saturating_duration_since(*since) > LONGEST;
        state.lanes.values().any(is_stuck).then_some("unit of work")
    }

    /// The state is consistent at every moment, so a panic leaves it usable.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lane that is watched until it is dropped.
#[derive(Debug)]
pub(crate) struct Lane {
    progress: Progress,
    id: u64,
}

impl Lane {
    /// The lane makes progress.
    pub(crate) fn advance(&self) {
        self.progress.state().lanes.insert(self.id, Instant::now());
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.progress.state().lanes.remove(&self.id);
    }
}
