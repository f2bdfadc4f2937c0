//! From async handlers to the synchronous store.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
};
use usher_domain::{
    env::Env,
    port::{Store, StoreError, store::UnitError},
};

/// The way from async handlers to the synchronous store: one request, one hop to a blocking thread, one unit of work.
///
/// As many units run at once as the pool has connections; who does not get a place in time is told to come back, so
/// that overload is answered fast instead of queueing without end.
#[derive(Clone)]
pub struct Gate {
    store: Arc<dyn Store>,
    env: Env,
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    patience: Duration,
}

/// Counted among those who wait for a place, until this is dropped.
struct Waiting<'g>(&'g AtomicUsize);

impl<'g> Waiting<'g> {
    fn new(count: &'g AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A place that nobody waits to get back: if the work there panics, it is told here.
struct Held(#[expect(dead_code, reason = "dropped with this")] OwnedSemaphorePermit);

impl Drop for Held {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!("a unit of work panicked");
        }
    }
}

impl Gate {
    /// A gate of `places` units at once, each waiting at most `patience` for its place.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, env: Env, places: usize, patience: Duration) -> Self {
        Self { store, env, places: Arc::new(Semaphore::new(places)), waiting: Arc::default(), patience }
    }

    /// What use cases need besides the store.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// As [`Store::writes_in_parallel`].
    #[must_use]
    pub fn writes_in_parallel(&self) -> bool {
        self.store.writes_in_parallel()
    }

    /// How long whoever comes waits for a place.
    #[must_use]
    pub const fn patience(&self) -> Duration {
        self.patience
    }

    /// Whether anybody waits for a place: whoever has one for more than one unit gives it back in between then.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// Runs `work` on a blocking thread. It goes on when the client hangs up: nothing is left half done.
    ///
    /// Answers `StoreError::Unavailable` when no place was free in time or when `work` panicked. What went wrong is logged
    /// here, once, whoever asked; refusals are at debug level.
    pub async fn run<T, E>(
        &self,
        work: impl FnOnce(&dyn Store, &Env) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError + Send + 'static,
    {
        let end = self.attempt(work).await;
        end.inspect_err(log)
    }

    /// Begins `work` on a blocking thread if there is a place for it, without a detour through a task that would wait for one.
    /// Gives it back otherwise.
    pub fn begin<W>(&self, runtime: &Handle, work: W) -> Result<(), W>
    where
        W: FnOnce(&dyn Store, &Env) + Send + 'static,
    {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { return Err(work) };
        let (store, env) = (Arc::clone(&self.store), self.env.clone());
        drop(runtime.spawn_blocking(move || {
            let _held = Held(place);
            work(store.as_ref(), &env);
        }));
        Ok(())
    }

    async fn attempt<T, E>(
        &self,
        work: impl FnOnce(&dyn Store, &Env) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let Some(place) = self.place().await else {
            return Err(StoreError::Unavailable("all connections are busy".to_owned()).into());
        };
        let (store, env) = (Arc::clone(&self.store), self.env.clone());
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            span.in_scope(|| work(store.as_ref(), &env))
        });
        done.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a unit of work panicked");
            Err(StoreError::Unavailable("internal error".to_owned()).into())
        })
    }

    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Some(place);
        }
        let _waiting = Waiting::new(&self.waiting);
        let place = tokio::time::timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        place.ok()?.ok()
    }
}

/// A refusal is everyday life, a busy or missing database is for the operator to see, and a broken row is a defect.
pub fn log(error: &impl UnitError) {
    let code = error.code();
    match error.store_error() {
        None => tracing::debug!(code, "refused"),
        Some(error @ (StoreError::Unavailable(_) | StoreError::Contended)) => {
            tracing::warn!(code, %error, "the store is not available");
        }
        Some(error @ (StoreError::Conflict(_) | StoreError::Corrupt { .. })) => {
            tracing::error!(code, %error, "the store failed");
        }
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").field("free", &self.places.available_permits()).finish_non_exhaustive()
    }
}
