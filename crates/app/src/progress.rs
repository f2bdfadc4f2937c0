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
    /// By when each routine has to make progress, while it runs.
    due: HashMap<Routine, Instant>,
}

/// What goes on as long as the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Routine {
    /// The deliveries.
    Worker,
    /// The sweep.
    Sweeper,
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

    /// A routine makes progress, and will again after a pause of at most `pause`.
    pub(crate) fn routine(&self, routine: Routine, pause: Duration) {
        if let Some(due) = Instant::now().checked_add(pause.saturating_add(LONGEST)) {
            self.state().due.insert(routine, due);
        }
    }

    /// A routine has ended.
    pub(crate) fn ended(&self, routine: Routine) {
        self.state().due.remove(&routine);
    }

    /// What makes no progress, if anything.
    pub(crate) fn stuck(&self) -> Option<&'static str> {
        let (state, now) = (self.state(), Instant::now());
        let is_late = |routine| state.due.get(&routine).is_some_and(|due| *due < now);
        if is_late(Routine::Worker) {
            return Some("worker");
        }
        if is_late(Routine::Sweeper) {
            return Some("sweeper");
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
