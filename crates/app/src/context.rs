use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// The request that a call belongs to: its id for the log, and its time budget.
///
/// Four waits share the budget of a request: for its batch, for a permit, for a connection, and for SQLite's writer.
/// Time spent on work does not count, and neither does hashing a password, which has its own limit.
#[derive(Debug, Clone, Default)]
pub struct RequestContext {
    id: Option<Arc<str>>,
    waited: Arc<Mutex<Duration>>,
}

impl RequestContext {
    /// The context of the request with this id.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self { id: Some(Arc::from(id)), waited: Arc::default() }
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
        budget.saturating_sub(*self.waited.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes a wait from the budget.
    pub(crate) fn spend(&self, wait: Duration) {
        *self.waited.lock().unwrap_or_else(PoisonError::into_inner) += wait;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_of_a_request_share_one_budget() {
        let budget = Duration::from_secs(2);
        let context = RequestContext::new("1");
        assert_eq!(context.remaining(budget), budget);
        context.spend(Duration::from_millis(500));
        context.clone().spend(Duration::from_millis(500));
        assert_eq!(context.remaining(budget), Duration::from_secs(1));
        context.spend(Duration::from_secs(5));
        assert_eq!(context.remaining(budget), Duration::ZERO);
    }
}
