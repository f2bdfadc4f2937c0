use std::{
    io::{BufRead, BufReader, Read},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// What the server has printed on its standard output.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals {
    shared: Arc<(Mutex<Printed>, Condvar)>,
}

#[derive(Debug, Default)]
struct Printed {
    mails: usize,
    ended: bool,
}

impl Arrivals {
    /// Counts the printed lines on a thread until the output closes.
    pub(super) fn follow(output: BufReader<impl Read + Send + 'static>) -> Self {
        let arrivals = Self::default();
        let follower = arrivals.clone();
        thread::spawn(move || {
            for _ in output.lines().map_while(Result::ok) {
                follower.update(|printed| printed.mails += 1);
            }
            follower.update(|printed| printed.ended = true);
        });
        arrivals
    }

    fn update(&self, change: impl FnOnce(&mut Printed)) {
        change(&mut self.lock());
        self.shared.1.notify_all();
    }

    /// Waits until this number of mails has arrived in total, the server has ended, or the time is up.
    pub(super) fn wait_for(&self, mails: usize, timeout: Duration) {
        let awaited = |printed: &mut Printed| printed.mails < mails && !printed.ended;
        let outcome = self.shared.1.wait_timeout_while(self.lock(), timeout, awaited);
        drop(outcome);
    }

    fn lock(&self) -> MutexGuard<'_, Printed> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
