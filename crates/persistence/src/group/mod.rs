//! Group commit: units that write on SQLite share transactions, and with each the flush at its end.
//!
//! The unit that finds the connection free leads a group: it begins a transaction, and works behind a savepoint. When it is
//! done, it hands the open transaction to the unit that has waited longest. That one follows on its own thread, behind a
//! savepoint of its own. Behind whom nobody waits commits for all. So a unit alone commits at once, and the slower the
//! disk, the larger the groups.
//!
//! No unit is answered before the commit, refused ones neither: they may rest on what an earlier unit of their group wrote.

#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    fmt::Display,
    mem,
    sync::{
        Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, SendError, Sender, channel},
    },
    time::Duration,
};

use diesel::connection::{SimpleConnection as _, TransactionManager as _};
use usher_domain::{
    port::{
        StoreError,
        store::{Limit, Mode, Verdict},
    },
    quota::WriteCount,
};

use crate::{
    connection::{AnyConnection, Transactions},
    dialect,
    manager::Manager,
    write_counts::Writes,
};

/// Most units in one transaction: the first is answered after the work of all.
const LARGEST: usize = 128;

/// Units that write, one after the other, on the one connection that does.
pub(crate) struct GroupCommit {
    manager: Manager,
    patience: Duration,
    line: Mutex<Line>,
}

/// Who is next.
#[derive(Default)]
struct Line {
    /// The group without members, when it is nobody's turn. Then nobody waits.
    free: Option<Group>,
    /// Who waits, the first that came first. Those who gave up listen no more.
    waiting: VecDeque<Sender<Group>>,
}

impl Line {
    /// Hands the group to the next one; gives it back if nobody waits.
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

/// What goes from turn to turn.
#[derive(Default)]
struct Group {
    /// None at the start, and after a transaction that was lost.
    connection: Option<AnyConnection>,
    /// Those whose units are in the open transaction and who wait for its commit. It is lost when they hear nothing.
    members: Vec<Sender<()>>,
    /// Whether there is anything to commit.
    keeps: bool,
}

impl Group {
    fn connection(&mut self, manager: &Manager) -> Result<&mut AnyConnection, StoreError> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            none => {
                let mut connection = manager.open().map_err(unavailable)?;
                connection.batch_execute(dialect::SQLITE_WRITER).map_err(unavailable)?;
                Ok(none.insert(connection))
            }
        }
    }
}

impl GroupCommit {
    /// Opens no connection yet. A unit without a budget of its own waits for its turn as long as `patience`.
    pub(crate) fn new(manager: Manager, patience: Duration) -> Self {
        let line = Line { free: Some(Group::default()), ..Line::default() };
        Self { manager, patience, line: Mutex::new(line) }
    }

    /// Counts the writes, does the work behind a savepoint, and returns once the transaction of both is committed.
    ///
    /// When the transaction is lost, `Unavailable` takes the place of what the unit ended in.
    pub(crate) fn run(
        &self,
        wait: Option<Duration>,
        writes: &mut Writes<'_>,
        work: impl FnOnce(&mut AnyConnection, &[Option<WriteCount>]) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        let mut turn = self.turn(wait.unwrap_or(self.patience))?;
        let end = turn.unit(writes, work)?;
        turn.durable()?;
        end.map(drop)
    }

    fn turn(&self, wait: Duration) -> Result<Turn<'_>, StoreError> {
        let mut line = self.line();
        let group = if let Some(group) = line.free.take() {
            group
        } else {
            let (sender, next) = channel();
            line.waiting.push_back(sender);
            drop(line);
            self.wait(next, wait)?
        };
        Ok(Turn { of: self, group, is_over: false })
    }

    fn wait(&self, next: Receiver<Group>, wait: Duration) -> Result<Group, StoreError> {
        next.recv_timeout(wait).or_else(|_| {
            // Nobody hands on while the line is locked: what has not come will not come.
            let _line = self.line();
            let group = next.try_recv();
            drop(next);
            group.map_err(|_| StoreError::Overloaded(Limit::Writer))
        })
    }

    /// It is the next one's turn, or nobody's.
    fn next(&self, group: Group) {
        let mut line = self.line();
        let free = line.hand_on(group);
        line.free = free;
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A unit's turn. If it is dropped before it is over, by an error or a panic, the transaction is lost.
struct Turn<'g> {
    of: &'g GroupCommit,
    group: Group,
    is_over: bool,
}

impl Turn<'_> {
    /// Does the unit. Answers what it ends in if the transaction is committed; an error loses the transaction.
    fn unit(
        &mut self,
        writes: &mut Writes<'_>,
        work: impl FnOnce(&mut AnyConnection, &[Option<WriteCount>]) -> Result<Verdict, StoreError>,
    ) -> Result<Result<Verdict, StoreError>, StoreError> {
        let leads = self.group.members.is_empty();
        let connection = self.group.connection(&self.of.manager)?;
        if leads {
            dialect::begin(connection, Mode::Write).map_err(unavailable)?;
        }
        let counts = writes.count(connection).map_err(unavailable)?;
        connection.batch_execute("SAVEPOINT unit").map_err(unavailable)?;
        let end = work(connection, writes.counts());
        let keeps = matches!(end, Ok(Verdict::Commit));
        let end_savepoint = if keeps { "RELEASE unit" } else { "ROLLBACK TO unit; RELEASE unit" };
        connection.batch_execute(end_savepoint).map_err(|error| match &end {
            // SQLite has rolled everything back by itself, and this is why.
            Err(why @ StoreError::Unreachable(_)) => why.clone(),
            _ => unavailable(error),
        })?;
        self.group.keeps |= keeps || counts;
        Ok(end)
    }

    /// Returns once the transaction is committed, by this turn or a later one.
    fn durable(mut self) -> Result<(), StoreError> {
        match self.hand_on() {
            Some(commit) => {
                commit.recv().map_err(|_| unavailable("a later unit of the same transaction lost it"))
            }
            None => self.commit(),
        }
    }

    /// Hands the open transaction to the next unit; answers what will tell of the commit. None if there is no next one, or
    /// if the group is full.
    fn hand_on(&mut self) -> Option<Receiver<()>> {
        if self.group.members.len() + 1 >= LARGEST {
            return None;
        }
        let (member, commit) = channel();
        let mut group = mem::take(&mut self.group);
        group.members.push(member);
        if let Some(mut group) = self.of.line().hand_on(group) {
            group.members.pop();
            self.group = group;
            return None;
        }
        self.is_over = true;
        Some(commit)
    }

    fn commit(mut self) -> Result<(), StoreError> {
        let keeps = self.group.keeps;
        let connection = self.group.connection(&self.of.manager)?;
        let end = if keeps { Transactions::commit_transaction } else { Transactions::rollback_transaction };
        end(connection).map_err(unavailable)?;
        let Group { connection, members, .. } = mem::take(&mut self.group);
        self.is_over = true;
        // The next group first, so that the disk has something to do.
        self.of.next(Group { connection, ..Group::default() });
        for member in members {
            // It listens: it waits for nothing else.
            let _ = member.send(());
        }
        Ok(())
    }
}

/// No member hears of a commit, and the next one begins anew.
impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            // Closed before somebody else wants the lock on the file.
            self.group = Group::default();
            self.of.next(Group::default());
        }
    }
}

/// Whatever an error would mean to a unit alone: none may run again because of one that ends the transaction for all.
fn unavailable(error: impl Display) -> StoreError {
    StoreError::Unreachable(error.to_string())
}
