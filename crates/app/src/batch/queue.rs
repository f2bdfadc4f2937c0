use std::collections::VecDeque;

use tokio::sync::oneshot;
use usher_domain::port::{StoreError, store::WaitLimit};

use super::item::Item;

/// A request that waits for its batch.
pub(super) struct Entry<Q, A> {
    ticket: u64,
    pub(super) item: Item<Q>,
    pub(super) reply: oneshot::Sender<Result<A, StoreError>>,
}

/// The requests of one operation that wait, and how many are in progress.
pub(super) struct Queue<Q, A> {
    waiting: VecDeque<Entry<Q, A>>,
    /// Runners that have started and not ended.
    running: usize,
    /// How many of these runners have no permit yet.
    without_permit: usize,
    /// Requests in the batches in progress.
    in_progress: usize,
    next_ticket: u64,
    /// Requests with a ticket below this one have waited long enough for a larger batch.
    late: u64,
}

impl<Q, A> Default for Queue<Q, A> {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            running: 0,
            without_permit: 0,
            in_progress: 0,
            next_ticket: 0,
            late: 0,
        }
    }
}

impl<Q, A> Queue<Q, A> {
    /// Adds a request. Returns its ticket, and whether the caller has to start a runner.
    pub(super) fn push(
        &mut self,
        item: Item<Q>,
        reply: oneshot::Sender<Result<A, StoreError>>,
        runners: usize,
    ) -> (u64, bool) {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.waiting.push_back(Entry { ticket, item, reply });
        (ticket, self.start_if(runners, Self::is_worth_a_batch))
    }

    /// Allows the next batch to have any size, because a request has waited long enough. Returns whether the caller has
    /// to start a runner.
    pub(super) fn hurry(&mut self, ticket: u64, runners: usize) -> bool {
        self.late = self.late.max(ticket + 1);
        self.start_if(runners, Self::has_late_requests)
    }

    fn start_if(&mut self, runners: usize, condition: fn(&Self) -> bool) -> bool {
        let start = self.running < runners && condition(self);
        self.running += usize::from(start);
        start
    }

    fn has_late_requests(&self) -> bool {
        self.waiting.front().is_some_and(|entry| entry.ticket < self.late)
    }

    /// Whether as many requests wait as are in progress, or one has waited long enough.
    fn is_worth_a_batch(&self) -> bool {
        self.waiting.len() >= self.in_progress || self.has_late_requests()
    }

    /// Takes a request back from the queue. Returns the limit that it waited for, or `None` if a batch has taken it.
    pub(super) fn withdraw(&mut self, ticket: u64) -> Option<WaitLimit> {
        let place = self.waiting.binary_search_by_key(&ticket, |entry| entry.ticket).ok()?;
        self.waiting.remove(place)?;
        let waits_for_permit = self.without_permit == self.running;
        Some(if waits_for_permit { WaitLimit::Permit } else { WaitLimit::BatchQueue })
    }

    /// Ends a batch of `done` requests, and takes the next batch of at most `most` requests. If there is none, the
    /// runner has ended.
    pub(super) fn next_batch(&mut self, done: usize, most: usize) -> Option<Vec<Entry<Q, A>>> {
        self.in_progress -= done;
        if self.waiting.is_empty() || !self.is_worth_a_batch() {
            self.running -= 1;
            return None;
        }
        let size = self.waiting.len().min(most);
        self.in_progress += size;
        Some(self.waiting.drain(..size).collect())
    }

    /// Ends a batch and its runner. Returns whether another runner takes its place.
    pub(super) fn replace_runner(&mut self, done: usize) -> bool {
        self.in_progress -= done;
        let resumes = !self.waiting.is_empty();
        self.running -= usize::from(!resumes);
        resumes
    }

    /// Ends a runner that did not run, because the runtime shut down. Without another runner, requests that wait fail.
    pub(super) fn abandon(&mut self) {
        self.running -= 1;
        if self.running == 0 {
            for entry in self.waiting.drain(..) {
                // The client may have hung up.
                drop(entry.reply.send(Err(StoreError::Unreachable("the server is stopping".to_owned()))));
            }
        }
    }

    /// Records that a runner has begun or stopped waiting for its permit.
    pub(super) fn set_waiting_for_permit(&mut self, waits: bool) {
        if waits {
            self.without_permit += 1;
        } else {
            self.without_permit -= 1;
        }
    }

    /// The requests that wait, the requests in progress, and the runners.
    pub(super) fn load(&self) -> (usize, usize, usize) {
        (self.waiting.len(), self.in_progress, self.running)
    }

    #[cfg(test)]
    pub(super) fn running(&self) -> usize {
        self.running
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Q> {
        self.waiting.iter().map(|entry| &entry.item.request)
    }

    /// Pretends that a runner works on a batch of that many requests.
    #[cfg(test)]
    pub(super) fn pretend_in_progress(&mut self, requests: usize) {
        self.running += 1;
        self.in_progress += requests;
    }
}
