//! The stages of a shutdown, and the connections that it waits for.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use tokio::sync::Notify;

/// The state of a shutdown. Its stages follow each other: the server is not ready any more, then its responses close their
/// connections, then it stops listening.
#[derive(Debug, Default)]
pub struct Drain {
    draining: AtomicBool,
    closing: AtomicBool,
    open: AtomicUsize,
    closed: Notify,
}

impl Drain {
    /// Begins the first stage: the server reports that it is not ready.
    pub fn begin(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Begins the second stage: each response closes its connection.
    pub fn close_connections(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Whether the shutdown has begun.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Whether each response closes its connection.
    #[must_use]
    pub fn closes_connections(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// The number of open connections.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Waits until no connection is open.
    pub async fn all_closed(&self) {
        loop {
            let closed = self.closed.notified();
            if self.open_connections() == 0 {
                return;
            }
            closed.await;
        }
    }

    pub(crate) fn open_connection(self: &Arc<Self>) -> OpenConnection {
        self.open.fetch_add(1, Ordering::Relaxed);
        OpenConnection(Arc::clone(self))
    }
}

/// Counts a connection as open until this is dropped.
#[derive(Debug)]
pub(crate) struct OpenConnection(Arc<Drain>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        if self.0.open.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.closed.notify_waiters();
        }
    }
}
