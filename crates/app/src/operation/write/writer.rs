use std::{marker::PhantomData, sync::Arc};

use tokio::sync::Notify;
use usher_domain::{port::StoreError, usecase::idempotency::KeyError};

use super::{
    types::{Done, SubmittedWrite, WriteOperation, Written},
    write_batch::WriteBatch,
};
use crate::{
    batch::{self, BatchLoad, BatchWork, Batcher, Item, runners, together_or_alone},
    call::{Call, Outcome, Rejection, Render, Reply},
    idempotency::{GuardedKey, IdempotencyGuard},
    operation::Caller,
    telemetry,
    units::Units,
};

/// Runs one operation.
pub(crate) struct Writer<O: WriteOperation> {
    units: Units,
    guard: IdempotencyGuard,
    batcher: Arc<Batcher<WriteWork<O>>>,
}

impl<O: WriteOperation> Writer<O> {
    /// Wakes the worker through `mail_queued`.
    pub(crate) fn new(units: &Units, guard: &IdempotencyGuard, mail_queued: &Arc<Notify>) -> Self {
        let work =
            WriteWork { guard: guard.clone(), mail_queued: Arc::clone(mail_queued), operation: PhantomData };
        let batcher = Batcher::new(O::NAME, units.clone(), write_runners(units), work);
        Self { units: units.clone(), guard: guard.clone(), batcher }
    }

    /// What the operation is doing.
    pub(crate) fn load(&self) -> BatchLoad {
        self.batcher.load()
    }

    /// Performs a request, or rejects it.
    pub(crate) async fn submit(
        &self,
        call: Call<O::Caller, O::Command>,
        render: Render<O::Value>,
    ) -> Outcome<O::Error> {
        let outcome = self.outcome(call, render).await;
        if let Err(rejection) = &outcome.result {
            telemetry::report(O::NAME, rejection);
        }
        outcome
    }

    async fn outcome(
        &self,
        call: Call<O::Caller, O::Command>,
        render: Render<O::Value>,
    ) -> Outcome<O::Error> {
        let Call { context, caller, key, command } = call;
        let key = key.zip(caller.presented()).map(|(key, owner)| self.guard.enter(key, &owner));
        if let Some(rejection) = self.rejection_without_a_unit(&caller, key.as_ref(), command.is_some()) {
            return Outcome::rejected(rejection);
        }
        let alone = !O::SHARES_UNITS || key.is_some() || command.is_none();
        let submitted = SubmittedWrite { caller, key, command, render: Arc::clone(&render) };
        let written = if alone {
            self.batcher.submit_alone(&context, submitted).await
        } else {
            self.batcher.submit(&context, submitted).await
        };
        match written {
            Ok((Ok(done), quota)) => Outcome { result: Ok(reply(done, &render)), quota },
            Ok((Err(rejection), quota)) => Outcome { result: Err(rejection), quota },
            Err(error) => Outcome::rejected(error.into()),
        }
    }

    /// The rejection of a request that has no caller to identify and none to count. It needs no unit, which on SQLite
    /// would wait for other writers.
    fn rejection_without_a_unit(
        &self,
        caller: &O::Caller,
        key: Option<&Result<GuardedKey, KeyError>>,
        is_understood: bool,
    ) -> Option<Rejection<O::Error>> {
        let is_counted = caller.counted_credential().is_some() && self.units.env.policy.writes_per_hour > 0;
        match key {
            Some(Err(error)) if !is_counted => Some(Rejection::Key(error.clone())),
            None if !is_understood && !is_counted && !O::Caller::IS_IDENTIFIED => {
                Some(Rejection::NotUnderstood)
            }
            _ => None,
        }
    }
}

/// As [`runners`], but one if the store writes one unit at a time, because a second batch would wait for the first
/// instead of growing.
fn write_runners(units: &Units) -> usize {
    if units.store.writes_in_parallel() { runners() } else { 1 }
}

fn reply<T>(done: Done<T>, render: &Render<T>) -> Reply {
    match done {
        Done::Performed(value) => Reply { answer: render(&value), replayed: false },
        Done::Stored(answer) => Reply { answer, replayed: false },
        Done::Replayed(answer) => Reply { answer, replayed: true },
    }
}

/// Performs the batches of an operation.
struct WriteWork<O> {
    guard: IdempotencyGuard,
    mail_queued: Arc<Notify>,
    operation: PhantomData<fn() -> O>,
}

impl<O: WriteOperation> BatchWork for WriteWork<O> {
    type Request = SubmittedWrite<O>;
    type Outcome = Written<O>;

    fn perform(
        &self,
        units: &Units,
        batch: &[Item<SubmittedWrite<O>>],
    ) -> Vec<Result<Written<O>, StoreError>> {
        let _span = batch::span(O::NAME, batch).entered();
        let written = together_or_alone(units, batch, &mut WriteBatch::new(units, &self.guard, batch));
        let performed = |(done, _): &Written<O>| matches!(done, Ok(Done::Performed(_) | Done::Stored(_)));
        if O::QUEUES_MAIL && written.iter().flatten().any(performed) {
            self.mail_queued.notify_one();
        }
        written
    }
}
