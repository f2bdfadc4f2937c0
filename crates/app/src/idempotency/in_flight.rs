use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use usher_domain::idempotency::KeyDigest;

/// The keys whose requests are in progress in this process. On SQLite, where one unit writes at a time, a second
/// request with the key would otherwise wait for the first one's unit. On PostgreSQL a lock in the unit detects the
/// second request across replicas; detecting it here saves the unit.
#[derive(Debug, Default, Clone)]
pub(super) struct InFlight(Arc<Mutex<HashSet<KeyDigest>>>);

/// A key in flight, until this is dropped.
#[derive(Debug)]
pub(super) struct Entered {
    all: InFlight,
    key: KeyDigest,
}

impl InFlight {
    /// Marks the key; `None` when it is in flight already.
    pub(super) fn enter(&self, key: KeyDigest) -> Option<Entered> {
        let entered = self.keys().insert(key.clone());
        entered.then(|| Entered { all: self.clone(), key })
    }

    fn keys(&self) -> MutexGuard<'_, HashSet<KeyDigest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.all.keys().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_in_flight_until_its_mark_is_dropped() {
        let (all, key) = (InFlight::default(), |n| KeyDigest::new([n; 32]));
        let first = all.enter(key(1));
        assert!(first.is_some());
        assert!(all.enter(key(1)).is_none());
        assert!(all.enter(key(2)).is_some(), "another key");
        assert!(all.enter(key(1)).is_none(), "a rejected request does not end the first one");
        drop(first);
        assert!(all.enter(key(1)).is_some());
        assert!(all.keys().is_empty());
    }
}
