//! Group commit: units that write on SQLite share transactions, and with each transaction the flush at its end.
//!
//! A unit that finds the connection free leads a group: it begins a transaction and works behind a savepoint. When it
//! is done, it hands the open transaction to the unit that has waited longest, which works on its own thread behind its
//! own savepoint. A unit commits for the whole group when no other unit waits. So a single unit commits at once, and
//! groups grow with the time that a flush takes.
//!
//! No unit returns before the commit, not even a rejected one: its rejection may be based on what an earlier unit of
//! the group wrote.

#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    mem,
    sync::{
        Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, SendError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use diesel::connection::{SimpleConnection as _, TransactionManager as _};
use usher_domain::{
    port::{
        StoreError,
        store::{Mode, Verdict, WaitLimit},
    },
    quota::WriteCount,
};

use crate::{
    connection::{AnyConnection, Transactions},
    dialect,
    errors::store_error,
    manager::{LOCKED, Manager, Planner},
    write_counts::Writes,
};

/// The maximum number of units in one transaction. It is limited because the first unit returns only after all units
/// have done their work.
const LARGEST: usize = 128;

/// How a transaction ended, for the units in it that wait.
type End = Result<(), StoreError>;

/// The units that write, one after the other, on the only connection that writes.
pub(crate) struct GroupCommit {
    manager: Manager,
    patience: Duration,
    queue: Mutex<Queue>,
}

/// Which unit is next.
#[derive(Default)]
struct Queue {
    /// The group, without members, while it is no unit's turn. Then no unit waits.
    free: Option<Group>,
    /// The units that wait, the oldest first. A unit that gave up has dropped its receiver.
    waiting: VecDeque<Sender<Group>>,
}

impl Queue {
    /// Hands the group to the next unit, or returns it if none waits.
    fn hand_on(&mut self, mut group: Group) -> Option<Group> {
        while let Some(next) = self.waiting.pop_front() {
            match next.send(group) {
                Ok(()) => return None,
                Err(SendError(back)) => group = back,
            }
        }
        Some(group)
    }
}

/// The state that is handed from turn to turn.
#[derive(Default)]
struct Group {
    /// Unset at the start, and after a transaction that was lost.
    connection: Option<AnyConnection>,
    /// The units in the open transaction, which wait for its end.
    members: Vec<Sender<End>>,
    /// Whether there is anything to commit.
    keeps: bool,
}

impl Group {
    fn connection(&mut self, manager: &Manager) -> Result<&mut AnyConnection, StoreError> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            none => {
                let connection = manager.open(Planner::ForUnits);
                let mut connection =
                    connection.map_err(|error| StoreError::Unreachable(error.to_string()))?;
                connection.batch_execute(dialect::SQLITE_WRITER).map_err(transaction_error)?;
                Ok(none.insert(connection))
            }
        }
    }
}

impl GroupCommit {
    /// Opens no connection yet. A unit without its own budget waits for its turn as long as `patience`.
    pub(crate) fn new(manager: Manager, patience: Duration) -> Self {
        let queue = Queue { free: Some(Group::default()), ..Queue::default() };
        Self { manager, patience, queue: Mutex::new(queue) }
    }

    /// Counts the writes, does the work behind a savepoint, and returns once the transaction of both is committed.
    ///
    /// When the transaction is lost, the reason replaces the unit's own end. It is never `Contended`: the count of the
    /// unit's writes was lost with the transaction, and a unit that runs again is not counted again, so its number
    /// could be given out twice. Nothing of the unit is kept, so its caller can repeat the request.
    pub(crate) fn run(
        &self,
        wait: Option<Duration>,
        writes: &mut Writes<'_>,
        work: impl FnOnce(&mut AnyConnection, &[Option<WriteCount>]) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        let wait = wait.unwrap_or(self.patience);
        let began = Instant::now();
        let mut turn = self.turn(wait)?;
        match turn.unit(wait.saturating_sub(began.elapsed()), writes, work) {
            Ok(end) => {
                turn.durable()?;
                end.map(drop)
            }
            Err(error) => Err(turn.lose(error)),
        }
    }

    fn turn(&self, wait: Duration) -> Result<Turn<'_>, StoreError> {
        let mut queue = self.queue();
        let group = if let Some(group) = queue.free.take() {
            group
        } else {
            let (sender, next) = channel();
            queue.waiting.push_back(sender);
            drop(queue);
            self.wait(next, wait)?
        };
        Ok(Turn { of: self, group, is_over: false })
    }

    fn wait(&self, next: Receiver<Group>, wait: Duration) -> Result<Group, StoreError> {
        next.recv_timeout(wait).or_else(|_| {
            // No group is handed on while the queue is locked, so a group that has not arrived by now will not arrive.
            let _queue = self.queue();
            let group = next.try_recv();
            drop(next);
            group.map_err(|_| StoreError::Overloaded(WaitLimit::Writer))
        })
    }

    /// Gives the turn to the next unit, or leaves the group free.
    fn next(&self, group: Group) {
        let mut queue = self.queue();
        let free = queue.hand_on(group);
        queue.free = free;
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A unit's turn. If it is dropped before it is over, by an error or a panic, the transaction is lost.
struct Turn<'g> {
    of: &'g GroupCommit,
    group: Group,
    is_over: bool,
}

impl Turn<'_> {
    /// Does the unit's work. Returns the unit's own end, which holds if the transaction is committed; an error loses the
    /// transaction.
    fn unit(
        &mut self,
        wait: Duration,
        writes: &mut Writes<'_>,
        work: impl FnOnce(&mut AnyConnection, &[Option<WriteCount>]) -> Result<Verdict, StoreError>,
    ) -> Result<Result<Verdict, StoreError>, StoreError> {
        let leads = self.group.members.is_empty();
        let connection = self.group.connection(&self.of.manager)?;
        if leads {
            begin(connection, wait)?;
        }
        let counts = writes.count(connection).map_err(transaction_error)?;
        connection.batch_execute("SAVEPOINT unit").map_err(transaction_error)?;
        let end = work(connection, writes.counts());
        let keeps = matches!(end, Ok(Verdict::Commit));
        let end_savepoint = if keeps { "RELEASE unit" } else { "ROLLBACK TO unit; RELEASE unit" };
        connection.batch_execute(end_savepoint).map_err(|error| match &end {
            // SQLite has rolled back the whole transaction, for this reason.
            Err(cause @ StoreError::Unreachable(_)) => cause.clone(),
            _ => transaction_error(error),
        })?;
        self.group.keeps |= keeps || counts;
        Ok(end)
    }

    /// Returns once the transaction is committed, by this turn or a later one.
    fn durable(mut self) -> Result<(), StoreError> {
        match self.hand_on() {
            // Each turn sends an end, whether it completes or is dropped.
            Some(end) => {
                end.recv().unwrap_or_else(|_| Err(StoreError::defect("a shared transaction has no end")))
            }
            None => self.commit(),
        }
    }

    /// Hands the open transaction to the next unit and returns the receiver of its end. `None` if no unit waits or the group is
    /// full.
    fn hand_on(&mut self) -> Option<Receiver<End>> {
        if self.group.members.len() + 1 >= LARGEST {
            return None;
        }
        let (member, end) = channel();
        let mut group = mem::take(&mut self.group);
        group.members.push(member);
        if let Some(mut group) = self.of.queue().hand_on(group) {
            group.members.pop();
            self.group = group;
            return None;
        }
        self.is_over = true;
        Some(end)
    }

    fn commit(mut self) -> Result<(), StoreError> {
        let keeps = self.group.keeps;
        let connection = self.group.connection(&self.of.manager)?;
        let end = if keeps { Transactions::commit_transaction } else { Transactions::rollback_transaction };
        if let Err(error) = end(connection) {
            return Err(self.lose(transaction_error(error)));
        }
        let Group { connection, members, .. } = mem::take(&mut self.group);
        self.is_over = true;
        // The next group starts first, so that the disk is busy.
        self.of.next(Group { connection, ..Group::default() });
        tell(members, &Ok(()));
        Ok(())
    }

    /// Ends the turn and the transaction. The other units of the group fail for the same reason.
    fn lose(mut self, error: StoreError) -> StoreError {
        let members = mem::take(&mut self.group.members);
        drop(self);
        let reason = StoreError::Unreachable(format!("the shared transaction was lost: {error}"));
        tell(members, &Err(reason));
        error
    }
}

/// The members of a dropped turn learn why, and the next group begins on a new connection.
impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            // Closes the connection first: the next unit needs its lock on the file.
            let Group { members, .. } = mem::take(&mut self.group);
            self.of.next(Group::default());
            // The panic is a defect of the unit that panicked. The members only lost their transaction.
            let reason = if thread::panicking() { "another unit panicked" } else { "another unit failed" };
            tell(
                members,
                &Err(StoreError::Unreachable(format!("the shared transaction was lost: {reason}"))),
            );
        }
    }
}

fn tell(members: Vec<Sender<End>>, end: &End) {
    for member in members {
        // The receiver is alive: its unit waits for nothing else.
        let _ = member.send(end.clone());
    }
}

/// Opens the transaction of a group. Another process may hold the lock of the file: SQLite waits for it as long as the unit's
/// budget allows.
fn begin(connection: &mut AnyConnection, wait: Duration) -> Result<(), StoreError> {
    let wait = format!("PRAGMA busy_timeout = {}", wait.as_millis());
    connection.batch_execute(&wait).map_err(transaction_error)?;
    match dialect::begin(connection, Mode::Write).map_err(transaction_error) {
        Err(StoreError::Unreachable(cause)) if cause == LOCKED => {
            Err(StoreError::Overloaded(WaitLimit::Writer))
        }
        begun => begun,
    }
}

/// The error of a statement that concerns the whole transaction. Retries and conflicts belong to single units, so here
/// they mean that SQLite gave up the transaction.
fn transaction_error(error: diesel::result::Error) -> StoreError {
    match store_error(error) {
        StoreError::Contended | StoreError::Conflict(_) => {
            StoreError::Unreachable("SQLite gave up the transaction".to_owned())
        }
        other => other,
    }
}
