use std::{
    io::{BufRead, BufReader, Read},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// What the server has announced on its standard output.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals {
    shared: Arc<(Mutex<Announced>, Condvar)>,
}

#[derive(Debug, Default)]
struct Announced {
    mails: usize,
    ended: bool,
}

impl Arrivals {
    /// Counts announcements, on a thread of its own, until the output closes.
    pub(super) fn follow(output: BufReader<impl Read + Send + 'static>) -> Self {
        let arrivals = Self::default();
        let follower = arrivals.clone();
        thread::spawn(move || {
            for _ in output.lines().map_while(Result::ok) {
                follower.announce(|announced| announced.mails += 1);
            }
            follower.announce(|announced| announced.ended = true);
        });
        arrivals
    }

    fn announce(&self, change: impl FnOnce(&mut Announced)) {
        change(&mut self.lock());
        self.shared.1.notify_all();
    }

    /// Waits until so many mails were announced in all, the server ended, or the time is up.
    pub(super) fn wait_for(&self, mails: usize, timeout: Duration) {
        let awaited = |announced: &mut Announced| announced.mails < mails && !announced.ended;
        let outcome = self.shared.1.wait_timeout_while(self.lock(), timeout, awaited);
        drop(outcome);
    }

    fn lock(&self) -> MutexGuard<'_, Announced> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
