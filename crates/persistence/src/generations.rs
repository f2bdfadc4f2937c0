//! Generations of connections.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Numbers the generations of a pool's connections. When one connection finds that its server does not answer or does not
/// accept writes, its generation ends: all connections of that generation lead to the same server, and none is used again.
/// New connections reach the new primary. Without this, each of them would cost a unit of work its deadline.
#[derive(Debug, Default, Clone)]
pub(crate) struct Generations(Arc<AtomicU64>);

impl Generations {
    /// The generation of connections that are opened now.
    pub(crate) fn current(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Ends a generation, unless it has ended already.
    pub(crate) fn end(&self, generation: u64) {
        let ended = self.0.compare_exchange(generation, generation + 1, Ordering::AcqRel, Ordering::Acquire);
        if ended.is_ok() {
            tracing::warn!(
                "the database does not answer or does not accept writes: all connections are replaced"
            );
        }
    }
}
