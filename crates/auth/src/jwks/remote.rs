use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use tokio::sync::watch;
use usher_domain::{Timestamp, port::Clock};

use super::{
    JwksFault, JwksSettings,
    dropped::DroppedKeys,
    fetch::{DroppedKey, Fetched, Fetcher},
};
use crate::keys::{Algorithm, KeySet, LookupError, VerificationKey};

/// The keys to try for a token.
type Found = Result<Vec<Arc<VerificationKey>>, LookupError>;

/// No set was ever fetched, or the last one is too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeysUnavailable {
    /// When the next fetch is possible, from now.
    pub(crate) retry_after: TimeDelta,
}

/// The published key set of one issuer, fetched and cached.
///
/// A set is used until its maximum age, and for longer while fetching fails, but not for ever. A token with an unknown key
/// causes a new fetch, because keys rotate. The cooldown separates two fetches; no token, failure or number of callers
/// shortens it.
pub(crate) struct RemoteKeys {
    fetcher: Fetcher,
    max_age: TimeDelta,
    max_stale: TimeDelta,
    cooldown: TimeDelta,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    fetched: Option<FetchedSet>,
    /// When the last fetch ended, or when it began if it has not ended.
    attempted_at: Option<Timestamp>,
    /// Whether the last fetch failed.
    failing: bool,
    ongoing: Option<OngoingFetch>,
    dropped: DroppedKeys,
}

struct FetchedSet {
    keys: Arc<KeySet>,
    fetched_at: Timestamp,
}

/// A fetch that callers can wait for. No value is ever sent: the channel closes when the fetch ends, also if it panics or
/// its runtime shuts down.
type OngoingFetch = watch::Receiver<()>;

/// The cache at one moment.
struct Snapshot {
    keys: Option<Arc<KeySet>>,
    fresh: bool,
    failing: bool,
}

impl RemoteKeys {
    pub(crate) fn new(settings: &JwksSettings, clock: &Arc<dyn Clock>) -> Result<Self, JwksFault> {
        let JwksSettings { max_age, max_stale, cooldown, .. } = *settings;
        if max_age.min(cooldown) < TimeDelta::seconds(1) {
            return Err(JwksFault::Intervals);
        }
        let fetcher = Fetcher::new(settings)?;
        let max_stale = max_stale.max(max_age);
        Ok(Self { fetcher, max_age, max_stale, cooldown, clock: Arc::clone(clock), state: Mutex::default() })
    }

    /// The keys to try for a token with this header.
    pub(crate) async fn find(
        self: &Arc<Self>,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Found, KeysUnavailable> {
        let find = |keys: Option<Arc<KeySet>>| keys.map(|keys| keys.find(kid, algorithm));
        let Snapshot { keys, fresh, failing } = self.snapshot();
        let found = find(keys);
        let unknown = matches!(found, None | Some(Err(LookupError::Unknown)));
        if fresh && !unknown {
            return self.available(found);
        }
        let ongoing = self.refresh();
        // While fetching fails, callers with a known key do not wait; only the first failed fetch delays them.
        if failing && !unknown {
            return self.available(found);
        }
        if let Some(mut fetch) = ongoing {
            let _ended = fetch.changed().await;
        }
        self.available(find(self.snapshot().keys))
    }

    /// The keys to try after none of [`RemoteKeys::find`] made the signature. If the `kid` names no key, the issuer may have
    /// replaced a key without a `kid`, so the set is fetched again. `None` if there is nothing new to try.
    pub(crate) async fn find_newer(
        self: &Arc<Self>,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Option<Vec<Arc<VerificationKey>>> {
        let before = self.snapshot().keys?;
        if kid.is_some_and(|kid| before.has_kid(kid)) {
            return None;
        }
        let _ended = self.refresh()?.changed().await;
        let after = self.snapshot().keys.filter(|after| !Arc::ptr_eq(after, &before))?;
        after.find(kid, algorithm).ok()
    }

    fn available(&self, found: Option<Found>) -> Result<Found, KeysUnavailable> {
        found.ok_or_else(|| {
            let state = self.state();
            let next = state.attempted_at.map(|attempt| attempt + self.cooldown - self.clock.now());
            // A clock that was set back does not delay the next fetch, so it does not delay the caller either.
            let wait = next.filter(|wait| *wait <= self.cooldown).unwrap_or_default();
            KeysUnavailable { retry_after: wait.max(TimeDelta::zero()) }
        })
    }

    fn snapshot(&self) -> Snapshot {
        let state = self.state();
        let now = self.clock.now();
        // A clock that was set back a little makes no set unusable.
        let usable = state.fetched.as_ref().filter(|set| (now - set.fetched_at).abs() < self.max_stale);
        let fresh = usable.is_some_and(|set| within(self.max_age, set.fetched_at, now));
        let keys = usable.map(|set| Arc::clone(&set.keys));
        Snapshot { keys, fresh, failing: state.failing }
    }

    /// The ongoing fetch, or a new one if the cooldown has passed.
    fn refresh(self: &Arc<Self>) -> Option<OngoingFetch> {
        let mut state = self.state();
        let now = self.clock.now();
        if let Some(fetch) = state.ongoing.as_ref().filter(|fetch| fetch.has_changed().is_ok()) {
            return Some(fetch.clone());
        }
        if state.attempted_at.is_some_and(|attempt| within(self.cooldown, attempt, now)) {
            return None;
        }
        let (ended, ongoing) = watch::channel(());
        state.attempted_at = Some(now);
        state.ongoing = Some(ongoing.clone());
        let this = Arc::clone(self);
        // Runs in its own task, so that a caller that disconnects does not cancel the fetch for other callers.
        tokio::spawn(async move {
            this.fetch(now).await;
            drop(ended);
        });
        Some(ongoing)
    }

    async fn fetch(&self, started_at: Timestamp) {
        let outcome = self.fetcher.fetch().await;
        let url = self.fetcher.address();
        let mut state = self.state();
        state.attempted_at = Some(self.clock.now());
        state.failing = outcome.is_err();
        match outcome {
            Ok(Fetched { keys, dropped }) => {
                tracing::info!(url, keys = keys.len(), "key set fetched");
                for DroppedKey { kid, fault } in state.dropped.remember(dropped) {
                    tracing::warn!(url, ?kid, reason = %fault, "published key dropped: tokens that it signs are rejected");
                }
                state.fetched = Some(FetchedSet { keys: Arc::new(keys), fetched_at: started_at });
            }
            Err(error) => tracing::warn!(url, %error, "key set could not be fetched"),
        }
    }

    /// Read the clock after this call, not before: otherwise a fetch that ended between the two seems to be in the
    /// future.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether less than `span` has passed from `then` to `now`. Returns `false` if `now` is before `then`: a clock that was set
/// back costs one more fetch, rather than keeping an old set for too long.
fn within(span: TimeDelta, then: Timestamp, now: Timestamp) -> bool {
    then <= now && now - then < span
}
