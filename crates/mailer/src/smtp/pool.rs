use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::connection::Connection;

/// The maximum number of idle connections.
const MAX_IDLE: usize = 4;
/// Longest idle time of a connection. Relays commonly end idle connections after five minutes.
const MAX_IDLE_TIME: Duration = Duration::from_secs(20);
/// Longest life of a connection. A changed address or certificate of the relay takes effect after this time.
const MAX_LIFETIME: Duration = Duration::from_mins(5);

/// Idle connections. The most recently used one is taken first, so that the others expire.
#[derive(Default)]
pub(super) struct Pool {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    idle: Vec<Idle>,
    /// Whether the sweeping task runs.
    is_swept: bool,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Idle {
    fn is_fresh(&self) -> bool {
        self.since.elapsed() < MAX_IDLE_TIME && self.connection.opened().elapsed() < MAX_LIFETIME
    }
}

impl Pool {
    /// Takes a connection that was sound after its last use.
    pub(super) fn take(&self) -> Option<Connection> {
        self.lock().idle.pop_if(|newest| newest.is_fresh()).map(|idle| idle.connection)
    }

    /// Keeps the connection for the next mail.
    pub(super) fn put(self: &Arc<Self>, connection: Connection) {
        let mut state = self.lock();
        state.idle.push(Idle { connection, since: Instant::now() });
        if !mem::replace(&mut state.is_swept, true) {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Drops all connections. One was found closed, so the relay has probably restarted.
    pub(super) fn clear(&self) {
        self.lock().idle.clear();
    }

    /// Removes expired and surplus connections, and returns whether others remain.
    fn sweep(&self) -> (Vec<Connection>, bool) {
        let mut state = self.lock();
        let surplus = state.idle.len().saturating_sub(MAX_IDLE);
        let mut kept = state.idle.split_off(surplus);
        let mut gone = mem::take(&mut state.idle);
        gone.extend(kept.extract_if(.., |idle| !idle.is_fresh()));
        state.idle = kept;
        state.is_swept = !state.idle.is_empty();
        (gone.into_iter().map(|idle| idle.connection).collect(), state.is_swept)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends expired connections with QUIT, until no connection remains or the pool is dropped.
async fn sweep(pool: Weak<Pool>) {
    loop {
        sleep(MAX_IDLE_TIME / 2).await;
        let Some((expired, others_remain)) = pool.upgrade().map(|pool| pool.sweep()) else { return };
        for connection in expired {
            connection.quit().await;
        }
        if !others_remain {
            return;
        }
    }
}
