use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The request that a call belongs to: its id for the log, and its time budget.
///
/// Four waits of a request take from one budget: for a permit, for its batch, for a connection, and for SQLite's writer. The
/// budget begins with the first call to the application, so a slow upload does not use it up.
#[derive(Debug, Clone, Default)]
pub struct RequestContext {
    id: Option<Arc<str>>,
    began: Arc<Mutex<Option<Instant>>>,
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
        let began = *self.began().get_or_insert_with(Instant::now);
        budget.saturating_sub(began.elapsed())
    }

    /// Gives back time that was no wait of the budget, such as that of hashing a password.
    pub(crate) fn give_back(&self, time: Duration) {
        let mut began = self.began();
        *began = began.map(|began| began + time);
    }

    fn began(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.began.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_budget_begins_with_the_first_call_and_leaves_out_what_is_given_back() {
        let budget = Duration::from_secs(2);
        let context = RequestContext::new("1");
        tokio::time::advance(budget).await;
        assert_eq!(context.remaining(budget), budget, "nothing was called yet");
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(context.clone().remaining(budget), Duration::ZERO, "clones share the budget");
        context.give_back(Duration::from_secs(4));
        assert_eq!(context.remaining(budget), Duration::from_secs(1));
    }
}
