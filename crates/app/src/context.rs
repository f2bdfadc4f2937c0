use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::time::Instant;

/// The request that a call belongs to: its id for the log, and its time budget.
///
/// Four waits of a request take from one budget: for a permit, for its batch, for a connection, and for SQLite's writer. The budget begins with the first call to the application, so a slow upload does not use it up.
#[derive(Debug, Clone, Default)]
pub struct RequestContext {
    id: Option<Arc<str>>,
    began: Arc<OnceLock<Instant>>,
}

impl RequestContext {
    /// The context of the request with this id.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self { id: Some(Arc::from(id)), began: Arc::default() }
    }

    /// The context of work that no request asked for, such as the worker's and the command line's.
    #[must_use]
    pub fn internal() -> Self {
        Self::default()
    }

    /// The request's id, if there is a request.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What is left of `budget`.
    pub(crate) fn remaining(&self, budget: Duration) -> Duration {
        budget.saturating_sub(self.began.get_or_init(Instant::now).elapsed())
    }
}
