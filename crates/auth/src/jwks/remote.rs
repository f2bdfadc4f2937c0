use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use tokio::sync::watch;
use usher_domain::{Timestamp, port::Clock};

use super::{JwksFault, JwksSettings, fetch::Fetcher, url::JwksUrl};
use crate::keys::{KeySet, Miss, VerificationKey};

/// The key set of one issuer, as far as it is known.
///
/// A set is good for its maximum age, and for longer while the issuer does not answer. A token whose key is unknown makes
/// us ask again, because keys rotate. Between two fetches lies the cooldown, by time alone: no kind of token, no failure
/// and no number of callers shortens it.
pub(crate) struct RemoteKeys {
    fetcher: Fetcher,
    max_age: TimeDelta,
    cooldown: TimeDelta,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// When the last fetch began, or ended if it did.
    attempted_at: Option<Timestamp>,
    /// Whether the last fetch failed.
    failing: bool,
    flight: Option<Flight>,
}

struct Held {
    keys: Arc<KeySet>,
    fetched_at: Timestamp,
}

/// A fetch on its way. Nothing is ever sent: the channel closes when the fetch has ended, even in a panic or with its
/// runtime.
type Flight = watch::Receiver<()>;

/// What is known at one moment.
struct Known {
    keys: Option<Arc<KeySet>>,
    fresh: bool,
    failing: bool,
}

impl RemoteKeys {
    pub(crate) fn new(settings: &JwksSettings, clock: &Arc<dyn Clock>) -> Result<Self, JwksFault> {
        let url = JwksUrl::parse(&settings.url)?;
        let (max_age, cooldown) = (settings.max_age, settings.cooldown);
        if max_age.min(cooldown) < TimeDelta::seconds(1) {
            return Err(JwksFault::Times);
        }
        let fetcher = Fetcher::new(url).map_err(|error| JwksFault::Client(error.to_string()))?;
        Ok(Self { fetcher, max_age, cooldown, clock: Arc::clone(clock), state: Mutex::default() })
    }

    /// The key that a token's header asks for; `None` when no set was ever fetched.
    pub(crate) async fn find(
        self: &Arc<Self>,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Option<Result<Arc<VerificationKey>, Miss>> {
        let find = |keys: Option<Arc<KeySet>>| keys.map(|keys| keys.find(kid, algorithm));
        let Known { keys, fresh, failing } = self.known();
        let found = find(keys);
        let unknown = matches!(found, None | Some(Err(Miss::Unknown)));
        if fresh && !unknown {
            return found;
        }
        let flight = self.refresh();
        // While the issuer does not answer, nobody whose key is known waits for it: only the first one did.
        if failing && !unknown {
            return found;
        }
        if let Some(mut flight) = flight {
            let _ended = flight.changed().await;
        }
        find(self.known().keys)
    }

    fn known(&self) -> Known {
        let state = self.state();
        let now = self.clock.now();
        let fresh = state.held.as_ref().is_some_and(|held| within(self.max_age, held.fetched_at, now));
        let keys = state.held.as_ref().map(|held| Arc::clone(&held.keys));
        Known { keys, fresh, failing: state.failing }
    }

    /// The fetch on its way, or a new one, unless the last one is too recent.
    fn refresh(self: &Arc<Self>) -> Option<Flight> {
        let mut state = self.state();
        let now = self.clock.now();
        if let Some(flight) = state.flight.as_ref().filter(|flight| flight.has_changed().is_ok()) {
            return Some(flight.clone());
        }
        if state.attempted_at.is_some_and(|attempt| within(self.cooldown, attempt, now)) {
            return None;
        }
        let (landed, flight) = watch::channel(());
        state.attempted_at = Some(now);
        state.flight = Some(flight.clone());
        let this = Arc::clone(self);
        // A task of its own: a caller who hangs up must not end what others wait for, or make it start again.
        tokio::spawn(async move {
            this.fetch(now).await;
            drop(landed);
        });
        Some(flight)
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
            state.held = Some(Held { keys: Arc::new(keys), fetched_at: started_at });
        }
    }

    /// Who compares a time with the state asks the clock after this: else a fetch that ended in between would look like
    /// one from the future.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether `now` is less than the span after `then`. A clock that was set back ends every span, so that its error costs
/// one fetch more instead of keeping an old set for ever.
fn within(span: TimeDelta, then: Timestamp, now: Timestamp) -> bool {
    then <= now && now - then < span
}
