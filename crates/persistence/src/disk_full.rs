//! Remembers that the disk was full.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether a unit has failed because the server's disk is full. Readiness then checks that there is room again, which costs too
/// much for every check.
#[derive(Debug, Default, Clone)]
pub(crate) struct DiskFull(Arc<AtomicBool>);

impl DiskFull {
    pub(crate) fn suspect(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_suspected(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// There is room again.
    pub(crate) fn is_over(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
