use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{runtime::Handle, sync::oneshot, task::spawn_blocking, time::timeout};
use usher_domain::port::StoreError;

use super::{
    item::Item,
    queue::{Entry, Queue},
};
use crate::{
    context::RequestContext,
    limiter::Permit,
    units::{Units, panicked},
};

/// Most requests in a batch.
const MAX_BATCH: usize = 128;

/// How long a request waits for a batch as large as the one that is running.
const GRACE: Duration = Duration::from_millis(10);

/// How the batches of an operation are performed.
pub(crate) trait BatchWork: Send + Sync + 'static {
    /// A request.
    type Request: Send + 'static;
    /// Its result.
    type Outcome: Send + 'static;

    /// Performs a batch. Returns one result for each item, in its place.
    fn perform(&self, units: &Units, batch: &[Item<Self::Request>])
    -> Vec<Result<Self::Outcome, StoreError>>;
}

/// The queue of an operation.
type QueueOf<W> = Queue<<W as BatchWork>::Request, <W as BatchWork>::Outcome>;
/// A request that waits for its batch.
type EntryOf<W> = Entry<<W as BatchWork>::Request, <W as BatchWork>::Outcome>;

/// What an operation is doing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchLoad {
    pub(crate) operation: &'static str,
    /// Requests in the queue.
    pub(crate) waiting: usize,
    /// Requests in batches.
    pub(crate) in_progress: usize,
    pub(crate) runners: usize,
}

/// Gathers the requests of one operation into batches.
pub(crate) struct Batcher<W: BatchWork> {
    name: &'static str,
    units: Units,
    /// Most batches that run at once.
    runners: usize,
    work: W,
    /// The runtime on which runners run. HTTP threads have their own runtimes, which end one by one at shutdown while
    /// others still wait for results.
    runtime: Option<Handle>,
    queue: Mutex<QueueOf<W>>,
}

impl<W: BatchWork> Batcher<W> {
    /// Runs at most `runners` batches at once.
    pub(crate) fn new(name: &'static str, units: Units, runners: usize, work: W) -> Arc<Self> {
        Arc::new(Self {
            name,
            units,
            runners: runners.max(1),
            work,
            runtime: Handle::try_current().ok(),
            queue: Mutex::new(Queue::default()),
        })
    }

    /// The result of a request that shares its batch with others.
    ///
    /// Fails as overloaded when no batch took the request within its budget. A request that was taken is performed even
    /// if its client hangs up.
    pub(crate) async fn submit(
        self: &Arc<Self>,
        context: &RequestContext,
        request: W::Request,
    ) -> Result<W::Outcome, StoreError> {
        let wait = self.units.remaining(context);
        let (reply, mut result) = oneshot::channel();
        let (ticket, start) = self.queue().push(Item::new(context, request), reply, self.runners);
        if start {
            self.start();
        }
        let grace = wait.min(GRACE);
        if let Ok(done) = timeout(grace, &mut result).await {
            return done.unwrap_or_else(|_| Err(self.unanswered()));
        }
        if grace < wait && self.queue().hurry(ticket, self.runners) {
            self.start();
        }
        if let Ok(done) = timeout(wait.saturating_sub(grace), &mut result).await {
            return done.unwrap_or_else(|_| Err(self.unanswered()));
        }
        if let Some(limit) = self.queue().withdraw(ticket) {
            return Err(StoreError::Overloaded(limit));
        }
        result.await.unwrap_or_else(|_| Err(self.unanswered()))
    }

    /// The result of a request that is a batch of one. It runs alongside other batches, limited only by permits.
    pub(crate) async fn submit_alone(
        self: &Arc<Self>,
        context: &RequestContext,
        request: W::Request,
    ) -> Result<W::Outcome, StoreError> {
        let item = Item::new(context, request);
        let permit = self.units.permit(context).await?;
        let batcher = Arc::clone(self);
        let done = spawn_blocking(move || {
            let _permit = permit;
            batcher.work.perform(&batcher.units, &[item])
        });
        let results = done.await.map_err(|error| panicked(self.name, &error))?;
        results.into_iter().next().unwrap_or_else(|| Err(self.unanswered()))
    }

    /// Starts a runner. It works batch by batch until the queue is empty, or other work waits for its permit.
    fn start(self: &Arc<Self>) {
        let runner =
            Runner { batcher: Arc::clone(self), in_progress: 0, waits_for_permit: false, ended: false };
        let runtime = self.runtime.clone().unwrap_or_else(Handle::current);
        match self.units.limiter.try_acquire() {
            Some(permit) => drop(runtime.spawn_blocking(move || runner.run(&permit))),
            None => drop(runtime.spawn(runner.wait_for_permit())),
        }
    }

    /// What the operation is doing. Batches of one that do not join the queue are left out.
    pub(crate) fn load(&self) -> BatchLoad {
        let (waiting, in_progress, runners) = self.queue().load();
        BatchLoad { operation: self.name, waiting, in_progress, runners }
    }

    /// The queue is consistent at every moment, so a panic leaves it usable.
    pub(super) fn queue(&self) -> MutexGuard<'_, QueueOf<W>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Performs a batch and replies to its requests, whose clients may have hung up. After a panic, the reply channels
    /// are dropped, which makes the requests fail.
    fn run_batch(&self, batch: Vec<EntryOf<W>>) {
        let (items, replies): (Vec<Item<W::Request>>, Vec<_>) =
            batch.into_iter().map(|entry| (entry.item, entry.reply)).unzip();
        for item in &items {
            item.context.spend(item.submitted_at.elapsed());
        }
        let mut results = self.work.perform(&self.units, &items).into_iter();
        // Dropped before the replies are sent, because a client that has its response may send its idempotency key
        // again at once.
        drop(items);
        for reply in replies {
            drop(reply.send(results.next().unwrap_or_else(|| Err(self.unanswered()))));
        }
    }

    fn unanswered(&self) -> StoreError {
        StoreError::Defect(format!("{}: a request of a batch has no result: its batch panicked", self.name))
    }
}

impl<W: BatchWork> std::fmt::Debug for Batcher<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batcher")
            .field("name", &self.name)
            .field("runners", &self.runners)
            .finish_non_exhaustive()
    }
}

/// Works through the queue. When other work waits for a permit, the runner performs one batch and lines up again:
/// otherwise its operation would shut out all others while its requests keep coming.
struct Runner<W: BatchWork> {
    batcher: Arc<Batcher<W>>,
    /// Requests of the batch in progress.
    in_progress: usize,
    waits_for_permit: bool,
    ended: bool,
}

impl<W: BatchWork> Runner<W> {
    async fn wait_for_permit(mut self) {
        self.set_waiting_for_permit(true);
        let permit = self.batcher.units.limiter.acquire().await;
        self.set_waiting_for_permit(false);
        if let Some(permit) = permit {
            drop(spawn_blocking(move || self.run(&permit)));
        }
    }

    fn set_waiting_for_permit(&mut self, waits: bool) {
        self.waits_for_permit = waits;
        self.batcher.queue().set_waiting_for_permit(waits);
    }

    fn run(mut self, permit: &Permit) {
        while let Some(batch) = self.next() {
            permit.advance();
            self.batcher.run_batch(batch);
            if self.batcher.units.limiter.is_contended() {
                self.give_way();
                return;
            }
        }
    }

    /// Ends this runner, and lets another one line up for the rest of the queue.
    fn give_way(mut self) {
        self.ended = true;
        let resumes = self.batcher.queue().replace_runner(self.in_progress);
        if resumes {
            self.batcher.start();
        }
    }

    /// The next batch. Without one the runner ends while it holds the lock, so a request that comes later starts another
    /// runner.
    fn next(&mut self) -> Option<Vec<EntryOf<W>>> {
        let batch = self.batcher.queue().next_batch(std::mem::take(&mut self.in_progress), MAX_BATCH);
        self.in_progress = batch.as_ref().map_or(0, Vec::len);
        self.ended = batch.is_none();
        batch
    }
}

/// A runner that did not end by itself: its batch panicked, or the runtime shut down before it ran.
impl<W: BatchWork> Drop for Runner<W> {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        if self.waits_for_permit {
            self.set_waiting_for_permit(false);
        }
        if !std::thread::panicking() {
            self.batcher.queue().abandon();
        } else if self.batcher.queue().replace_runner(self.in_progress) {
            self.batcher.start();
        }
    }
}

/// How many batches run at once: one for each processor, but at least two. With one, the database idles while its
/// results are read; with more, batches get smaller.
pub(crate) fn runners() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2)
}
