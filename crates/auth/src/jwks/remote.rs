use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use tokio::sync::watch;
use usher_domain::{Timestamp, port::Clock};

use super::{JwksFault, JwksSettings, fetch::Fetcher, url::JwksUrl};
use crate::keys::{KeySet, LookupError, VerificationKey};

/// The published key set of one issuer, fetched and cached.
///
/// A set is used until its maximum age, and for longer while fetching fails. A token with an unknown key causes a new fetch,
/// because keys rotate. The cooldown separates two fetches; no token, failure or number of callers shortens it.
pub(crate) struct RemoteKeys {
    fetcher: Fetcher,
    max_age: TimeDelta,
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
        let url = JwksUrl::parse(&settings.url)?;
        let (max_age, cooldown) = (settings.max_age, settings.cooldown);
        if max_age.min(cooldown) < TimeDelta::seconds(1) {
            return Err(JwksFault::Intervals);
        }
        let fetcher = Fetcher::new(url).map_err(|error| JwksFault::Client(error.to_string()))?;
        Ok(Self { fetcher, max_age, cooldown, clock: Arc::clone(clock), state: Mutex::default() })
    }

    /// The key that matches a token's header. `None` if no set was ever fetched.
    pub(crate) async fn find(
        self: &Arc<Self>,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Option<Result<Arc<VerificationKey>, LookupError>> {
        let find = |keys: Option<Arc<KeySet>>| keys.map(|keys| keys.find(kid, algorithm));
        let Snapshot { keys, fresh, failing } = self.snapshot();
        let found = find(keys);
        let unknown = matches!(found, None | Some(Err(LookupError::Unknown)));
        if fresh && !unknown {
            return found;
        }
        let ongoing = self.refresh();
        // While fetching fails, callers with a known key do not wait; only the first failed fetch delays them.
        if failing && !unknown {
            return found;
        }
        if let Some(mut fetch) = ongoing {
            let _ended = fetch.changed().await;
        }
        find(self.snapshot().keys)
    }

    fn snapshot(&self) -> Snapshot {
        let state = self.state();
        let now = self.clock.now();
        let fresh = state.fetched.as_ref().is_some_and(|set| within(self.max_age, set.fetched_at, now));
        let keys = state.fetched.as_ref().map(|set| Arc::clone(&set.keys));
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
        match &outcome {
            Ok(keys) => tracing::info!(url = self.fetcher.address(), keys = keys.len(), "key set fetched"),
            Err(error) => {
                tracing::warn!(url = self.fetcher.address(), %error, "key set could not be fetched");
            }
        }
        let mut state = self.state();
        state.attempted_at = Some(self.clock.now());
        state.failing = outcome.is_err();
        if let Ok(keys) = outcome {
            state.fetched = Some(FetchedSet { keys: Arc::new(keys), fetched_at: started_at });
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
