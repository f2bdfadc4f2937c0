use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::connection::Connection;

/// Most connections that wait for a next mail.
const MOST_IDLE: usize = 4;
/// How long one waits. Relays commonly end idle connections after five minutes; we go long before.
const LONGEST_IDLE: Duration = Duration::from_secs(20);
/// How long one is used at all, so that a relay that moved, or has a new certificate, is met again.
const LONGEST_LIFE: Duration = Duration::from_mins(5);

/// Connections between two mails. The one used last is used next, so that the others can age.
#[derive(Default)]
pub(super) struct Pool {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    idle: Vec<Idle>,
    /// Whether a task looks after `idle`.
    tended: bool,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Idle {
    fn is_fresh(&self) -> bool {
        self.since.elapsed() < LONGEST_IDLE && self.connection.opened().elapsed() < LONGEST_LIFE
    }
}

impl Pool {
    /// A connection that was good when it was last used.
    pub(super) fn take(&self) -> Option<Connection> {
        self.lock().idle.pop_if(|newest| newest.is_fresh()).map(|idle| idle.connection)
    }

    /// Keeps a connection for the next mail.
    pub(super) fn put(self: &Arc<Self>, connection: Connection) {
        let mut state = self.lock();
        state.idle.push(Idle { connection, since: Instant::now() });
        if !mem::replace(&mut state.tended, true) {
            tokio::spawn(tend(Arc::downgrade(self)));
        }
    }

    /// Forgets all of them: one was found dead, so the relay has probably started anew.
    pub(super) fn clear(&self) {
        self.lock().idle.clear();
    }

    /// Takes out those that waited too long or are too many, and ends the tending when none is left.
    fn sweep(&self) -> (Vec<Connection>, bool) {
        let mut state = self.lock();
        let surplus = state.idle.len().saturating_sub(MOST_IDLE);
        let mut kept = state.idle.split_off(surplus);
        let mut gone = mem::take(&mut state.idle);
        gone.extend(kept.extract_if(.., |idle| !idle.is_fresh()));
        state.idle = kept;
        state.tended = !state.idle.is_empty();
        (gone.into_iter().map(|idle| idle.connection).collect(), state.tended)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends idle connections properly, until none is left or the pool is gone.
async fn tend(pool: Weak<Pool>) {
    loop {
        sleep(LONGEST_IDLE / 2).await;
        let Some((gone, goes_on)) = pool.upgrade().map(|pool| pool.sweep()) else { return };
        for connection in gone {
            connection.quit().await;
        }
        if !goes_on {
            return;
        }
    }
}
