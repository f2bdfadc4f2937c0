//! Requests of one kind that come at the same time, in one unit of work.
//!
//! A round trip to the database, a transaction and a flush of its log cost the same for one request and for many. Nobody waits
//! for others to come: a request that finds nothing going on is a batch of its own. Those that come while a batch is running are
//! the next one. It begins when the one before has ended, or beside it as soon as it is as large: otherwise batches would get
//! small under load, and each costs the same round trips. Nobody waits longer than 10 ms for that if a lane is free.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{runtime::Handle, sync::oneshot, time::timeout};
use usher_domain::{
    env::Env,
    port::{Store, StoreError},
};

use crate::gate::Gate;

/// Most requests in a batch.
const MOST: usize = 128;

/// How long a question waits for those that would make a batch as large as the one that is worked on.
const GRACE: Duration = Duration::from_millis(10);

/// Answers several questions in one unit of work, each in its place.
type Work<Q, A> = dyn Fn(&dyn Store, &Env, &[Q]) -> Result<Vec<A>, StoreError> + Send + Sync;

/// Gathers questions into batches.
pub struct Batcher<Q, A> {
    gate: Gate,
    lanes: usize,
    work: Box<Work<Q, A>>,
    /// Where lanes run: those of the threads that answer end one by one when the server stops, and others still wait for them.
    runtime: Option<Handle>,
    queue: Mutex<Queue<Q, A>>,
}

struct Queue<Q, A> {
    waiting: VecDeque<Asked<Q, A>>,
    /// Lanes that have begun and not ended.
    running: usize,
    /// Questions in the batches of these.
    working: usize,
    next_ticket: u64,
    /// Whoever has a ticket below this one has waited long enough for a larger batch.
    late: u64,
}

struct Asked<Q, A> {
    ticket: u64,
    question: Q,
    answer: oneshot::Sender<Result<A, StoreError>>,
}

impl<Q: Send + 'static, A: Send + 'static> Batcher<Q, A> {
    /// Runs at most `lanes` batches at once, each through the gate.
    pub fn new(
        gate: Gate,
        lanes: usize,
        work: impl Fn(&dyn Store, &Env, &[Q]) -> Result<Vec<A>, StoreError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let queue = Queue { waiting: VecDeque::new(), running: 0, working: 0, next_ticket: 0, late: 0 };
        Arc::new(Self {
            gate,
            lanes: lanes.max(1),
            work: Box::new(work),
            runtime: Handle::try_current().ok(),
            queue: Mutex::new(queue),
        })
    }

    /// The answer to a question. `StoreError::Unavailable` when no batch took it in time; one that was taken is worked on also when
    /// nobody waits for the answer any more.
    pub async fn ask(self: &Arc<Self>, question: Q) -> Result<A, StoreError> {
        let (answer, mut answered) = oneshot::channel();
        let (ticket, start) = self.queue().push(question, answer, self.lanes);
        if start {
            self.start();
        }
        let patience = self.gate.patience();
        let grace = patience.min(GRACE);
        if let Ok(end) = timeout(grace, &mut answered).await {
            return end.unwrap_or_else(|_| Err(broken()));
        }
        if grace < patience && self.queue().hurry(ticket, self.lanes) {
            self.start();
        }
        if let Ok(end) = timeout(patience.saturating_sub(grace), &mut answered).await {
            return end.unwrap_or_else(|_| Err(broken()));
        }
        if self.queue().withdraw(ticket) {
            return Err(StoreError::Unavailable(
                "the units of work before this one take too long".to_owned(),
            ));
        }
        answered.await.unwrap_or_else(|_| Err(broken()))
    }

    /// Begins a lane, which works until nobody waits, or others want its place in the gate.
    fn start(self: &Arc<Self>) {
        // Here, so that it is counted off also when its task never runs.
        let lane = Lane { batcher: Arc::clone(self), holds: 0, ended: false };
        let runtime = self.runtime.clone().unwrap_or_else(Handle::current);
        let work = move |store: &dyn Store, env: &Env| lane.work(store, env);
        let Err(work) = self.gate.begin(&runtime, work) else { return };
        let gate = self.gate.clone();
        runtime.spawn(async move {
            // The gate logs what goes wrong, and those who wait are told by the lane's end.
            let worked = gate.run(move |store, env| {
                work(store, env);
                Ok::<_, StoreError>(())
            });
            drop(worked.await);
        });
    }

    /// What is in the queue is whole at every moment: a panic leaves it as it is.
    fn queue(&self) -> MutexGuard<'_, Queue<Q, A>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, store: &dyn Store, env: &Env, batch: Vec<Asked<Q, A>>) {
        let (questions, answers): (Vec<Q>, Vec<_>) =
            batch.into_iter().map(|asked| (asked.question, asked.answer)).unzip();
        match (self.work)(store, env, &questions) {
            Ok(all) => {
                for (answer, to) in all.into_iter().zip(answers) {
                    // Nobody waits any more.
                    drop(to.send(Ok(answer)));
                }
            }
            // What one of them met, such as a row that cannot be read, is not for the others to bear.
            Err(StoreError::Contended | StoreError::Corrupt { .. } | StoreError::Conflict(_))
                if questions.len() > 1 =>
            {
                for (question, to) in questions.iter().zip(answers) {
                    let alone = (self.work)(store, env, std::slice::from_ref(question));
                    let answer = alone.and_then(|all| all.into_iter().next().ok_or_else(broken));
                    drop(to.send(answer));
                }
            }
            Err(error) => {
                for to in answers {
                    drop(to.send(Err(error.clone())));
                }
            }
        }
    }
}

fn broken() -> StoreError {
    StoreError::Unavailable("internal error".to_owned())
}

impl<Q, A> Queue<Q, A> {
    /// Answers the ticket, and whether a lane has to be begun.
    fn push(
        &mut self,
        question: Q,
        answer: oneshot::Sender<Result<A, StoreError>>,
        lanes: usize,
    ) -> (u64, bool) {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.waiting.push_back(Asked { ticket, question, answer });
        let start = self.running < lanes && self.is_worth_a_batch();
        self.running += usize::from(start);
        (ticket, start)
    }

    /// Makes the next batch one of any size, for a question that still waits: the batch that is worked on takes long. Whether a lane
    /// has to be begun.
    fn hurry(&mut self, ticket: u64, lanes: usize) -> bool {
        self.late = self.late.max(ticket + 1);
        let start = self.running < lanes && self.has_late_ones();
        self.running += usize::from(start);
        start
    }

    fn has_late_ones(&self) -> bool {
        self.waiting.front().is_some_and(|asked| asked.ticket < self.late)
    }

    /// Whether as many wait as are being worked on, or somebody has waited long.
    fn is_worth_a_batch(&self) -> bool {
        self.waiting.len() >= self.working || self.has_late_ones()
    }

    /// Takes a question back; `false` when it was taken into a batch.
    fn withdraw(&mut self, ticket: u64) -> bool {
        let place = self.waiting.binary_search_by_key(&ticket, |asked| asked.ticket);
        place.is_ok_and(|place| self.waiting.remove(place).is_some())
    }
}

/// One that works batch by batch, until nobody waits. When others want its place in the gate, it works one batch and goes to
/// the end of their line: otherwise, as long as questions keep coming, its kind of request would shut out all others.
struct Lane<Q: Send + 'static, A: Send + 'static> {
    batcher: Arc<Batcher<Q, A>>,
    /// Questions of the batch that it works on.
    holds: usize,
    ended: bool,
}

impl<Q: Send + 'static, A: Send + 'static> Lane<Q, A> {
    fn work(mut self, store: &dyn Store, env: &Env) {
        while let Some(batch) = self.next() {
            self.batcher.answer(store, env, batch);
            if self.batcher.gate.is_wanted() {
                self.give_way();
                return;
            }
        }
    }

    /// Another lane takes the place of this one, if anybody waits.
    fn give_way(mut self) {
        let mut queue = self.batcher.queue();
        queue.working -= self.holds;
        self.ended = true;
        if queue.waiting.is_empty() {
            queue.running -= 1;
        } else {
            drop(queue);
            self.batcher.start();
        }
    }

    /// The next batch. Where there is none the lane ends in the same breath: whoever comes later begins another one, and those
    /// who wait are for the lane that goes on.
    fn next(&mut self) -> Option<Vec<Asked<Q, A>>> {
        let mut queue = self.batcher.queue();
        queue.working -= std::mem::take(&mut self.holds);
        if queue.waiting.is_empty() || !queue.is_worth_a_batch() {
            queue.running -= 1;
            self.ended = true;
            return None;
        }
        self.holds = queue.waiting.len().min(MOST);
        queue.working += self.holds;
        Some(queue.waiting.drain(..self.holds).collect())
    }
}

/// A lane that found no place in the gate, or panicked. If it was the only one, those who wait are told so: nobody else would
/// come for them.
impl<Q: Send + 'static, A: Send + 'static> Drop for Lane<Q, A> {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let mut queue = self.batcher.queue();
        queue.running -= 1;
        queue.working -= self.holds;
        if queue.running == 0 {
            queue.waiting.clear();
        }
    }
}

impl<Q, A> std::fmt::Debug for Batcher<Q, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batcher").field("lanes", &self.lanes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
