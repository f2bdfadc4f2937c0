//! A store in memory, for tests of the rules and as the reference of the contract suites.
//!
//! It accepts and rejects the same rows as a database. One unit runs at a time, on a copy that replaces the original at commit.
//! So units never race; the suites of the real stores test races.

mod access_tokens;
mod accounts;
mod audit;
mod backlog;
mod callers;
mod idempotency;
mod invitations;
mod leases;
mod mail_quotas;
mod outbox;
mod people;
mod sign_ins;
mod state;
mod table;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use state::State;

use crate::{
    id::PersonId,
    port::{
        Clock, Store, StoreError, Tx,
        store::{ClockReading, CountedWork, Counting, Mode, Unit, Verdict},
    },
    principal::Credential,
    quota::WriteCount,
};

/// Most runs of a contended unit.
const TRIES: usize = 10;

/// A [`Store`] without a database.
///
/// A unit of work must not start another one, which would deadlock.
#[derive(Debug, Default)]
pub struct MemoryStore {
    committed: Mutex<State>,
    /// The last window of the write limit per person, and the number of writes in it.
    writes: Mutex<HashMap<PersonId, WriteCount>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn once(
        &self,
        mode: Mode,
        work: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        let mut committed = self.committed();
        let mut tx = MemoryTx { state: committed.clone(), mode, failure: None };
        match work(&mut tx)? {
            Verdict::Rollback => Ok(()),
            Verdict::Commit => {
                if let Some(failure) = tx.failure {
                    return Err(failure);
                }
                *committed = tx.state;
                Ok(())
            }
        }
    }

    fn count(&self, writer: &Credential, counting: &Counting<'_>) -> Option<WriteCount> {
        let person = self.committed().writer(writer, counting.now)?;
        let window = counting.window;
        let none = WriteCount { window: window.begins_at, writes: 0 };
        let mut counts = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(person).or_insert(none);
        if ![window.begins_at, window.ends_at].contains(&count.window) {
            *count = none;
        }
        count.writes += 1;
        Some(*count)
    }

    /// A panicking unit leaves the state intact, because it worked on a copy.
    fn committed(&self) -> MutexGuard<'_, State> {
        self.committed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn run(
        &self,
        unit: Unit,
        work: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        for _ in 1..TRIES {
            match self.once(unit.mode, work) {
                Err(StoreError::Contended) => {}
                end => return end,
            }
        }
        self.once(unit.mode, work)
    }

    fn run_counted(
        &self,
        unit: Unit,
        counting: &Counting<'_>,
        work: &mut CountedWork<'_>,
    ) -> Result<(), StoreError> {
        let counts: Vec<_> = counting.credentials.iter().map(|writer| self.count(writer, counting)).collect();
        self.run(unit, &mut |tx| work(tx, &counts))
    }

    fn check(&self, _clock: &dyn Clock) -> Result<ClockReading, StoreError> {
        Ok(ClockReading::default())
    }

    fn writes_in_parallel(&self) -> bool {
        false
    }
}

/// One open transaction: a copy of the state, and the first error.
struct MemoryTx {
    state: State,
    mode: Mode,
    failure: Option<StoreError>,
}

impl MemoryTx {
    /// Runs one operation. After a failed operation the transaction is lost, and its error is returned again.
    fn read<T>(
        &mut self,
        operation: impl FnOnce(&mut State) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let result = self.failure.clone().map_or_else(|| operation(&mut self.state), Err);
        if let Err(error) = &result {
            self.failure = Some(error.clone());
        }
        result
    }

    /// As [`Self::read`], for an operation that writes.
    fn write<T>(
        &mut self,
        operation: impl FnOnce(&mut State) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let read_only = self.mode != Mode::Write;
        self.read(|state| {
            if read_only {
                return Err(StoreError::defect("a unit of work that only reads tried to write"));
            }
            operation(state)
        })
    }
}
