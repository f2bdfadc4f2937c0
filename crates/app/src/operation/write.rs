//! The one pipeline of everything that changes something: count, identify, look for a stored answer, perform, store the
//! answer. A batch of requests goes through it as one unit of work; a request with an idempotency key, or one that could not
//! be understood, is a batch of one.

use std::sync::Arc;

use tokio::sync::Notify;
use usher_domain::{
    env::Env,
    idempotency::Answer,
    port::{
        StoreError, Tx,
        store::{Mode, Unit, UnitError, Verdict},
    },
    quota::{Quota, TooManyWrites},
    usecase::{
        count_write::run_counted,
        idempotency::{KeyError, Keyed, keep, take},
    },
};

use super::{Caller, Results};
use crate::{
    batch::{Batcher, Item, together_or_alone},
    call::{Call, Outcome, Rejection, Render, Reply},
    idempotency::{GuardedKey, IdempotencyGuard},
    telemetry,
    units::Units,
};

/// An operation that changes something.
pub(crate) trait WriteOperation: 'static {
    /// Names its units in logs and metrics.
    const NAME: &'static str;
    /// Whether a success queues a mail, so that the worker is woken.
    const QUEUES_MAIL: bool;
    /// Whether requests may share a unit. Not where the use case writes before it may still reject: a unit of several is
    /// rolled back as a whole only.
    const SHARES_UNITS: bool;
    /// Who may ask.
    type Caller: Caller;
    /// What is asked.
    type Command: Send + Sync + 'static;
    /// What comes of it.
    type Value: Send + Sync + 'static;
    /// Why nothing comes of it.
    type Error: UnitError + Send + Sync + 'static;

    /// The use case, for several requests at once.
    fn perform(
        tx: &mut dyn Tx,
        env: &Env,
        requests: &[Request<'_, Self>],
    ) -> Results<Self::Value, Self::Error>;
}

/// A request whose caller is identified.
pub(crate) type Request<'a, O> =
    (&'a <<O as WriteOperation>::Caller as Caller>::Identity, &'a <O as WriteOperation>::Command);

/// A write that waits for its unit.
pub(crate) struct Pending<O: WriteOperation> {
    caller: O::Caller,
    key: Option<GuardedKey>,
    command: Option<O::Command>,
    render: Render<O::Value>,
}

/// What a write came to, and where its writer stands since.
type Written<O> =
    (Result<Done<<O as WriteOperation>::Value>, Rejection<<O as WriteOperation>::Error>>, Option<Quota>);

/// A write that succeeded.
enum Done<T> {
    /// Performed now.
    Performed(T),
    /// Performed now, and its answer stored.
    Stored(Answer),
    /// Performed before: the stored answer.
    Replayed(Answer),
}

/// Runs one operation.
pub(crate) struct Writer<O: WriteOperation> {
    units: Units,
    guard: IdempotencyGuard,
    batcher: Arc<Batcher<Pending<O>, Written<O>>>,
}

impl<O: WriteOperation> Writer<O> {
    /// Wakes the worker through `mail_queued`.
    pub(crate) fn new(units: &Units, guard: &IdempotencyGuard, mail_queued: &Arc<Notify>) -> Self {
        let (keys, wake) = (guard.clone(), Arc::clone(mail_queued));
        let batcher = Batcher::new(O::NAME, units.clone(), write_runners(units), move |units, batch| {
            let written = run_batch::<O>(units, &keys, batch);
            let performed = |(done, _): &Written<O>| matches!(done, Ok(Done::Performed(_) | Done::Stored(_)));
            if O::QUEUES_MAIL && written.iter().flatten().any(performed) {
                wake.notify_one();
            }
            written
        });
        Self { units: units.clone(), guard: guard.clone(), batcher }
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
        if command.is_none() && key.is_none() && !self.needs_a_unit(&caller) {
            return Outcome::rejected(Rejection::NotUnderstood);
        }
        let key =
            match key.zip(caller.presented()).map(|(key, owner)| self.guard.enter(key, &owner)).transpose() {
                Ok(key) => key,
                Err(error) => return Outcome::rejected(Rejection::Key(error)),
            };
        let alone = !O::SHARES_UNITS || key.is_some() || command.is_none();
        let pending = Pending { caller, key, command, render: Arc::clone(&render) };
        match self.batcher.submit(&context, alone, pending).await {
            Ok((Ok(done), quota)) => Outcome { result: Ok(reply(done, &render)), quota },
            Ok((Err(rejection), quota)) => Outcome { result: Err(rejection), quota },
            Err(error) => Outcome::rejected(error.into()),
        }
    }

    /// Whether a request that could not be understood still has a caller to identify or to count. Without one it takes no
    /// unit, which on SQLite would wait for other writers.
    fn needs_a_unit(&self, caller: &O::Caller) -> bool {
        caller.writer().is_some() && self.units.env.policy.writes_per_hour > 0
    }
}

/// Batches that run at once: as many as there are processors, at least two. With one, the database idles while its results are
/// read; with more, batches get smaller.
pub(crate) fn runners() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2)
}

/// As [`runners`], but one where the store writes one unit at a time: a second batch would wait for the first instead of
/// growing.
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

/// Performs a batch. Nobody is counted twice when the batch is split.
fn run_batch<O: WriteOperation>(
    units: &Units,
    guard: &IdempotencyGuard,
    batch: &[Item<Pending<O>>],
) -> Vec<Result<Written<O>, StoreError>> {
    let _span = batch_span(O::NAME, batch).entered();
    let mut counted: Vec<Option<Option<Quota>>> = vec![None; batch.len()];
    together_or_alone(units, batch, |places, wait| {
        let requests: Vec<&Pending<O>> = places.iter().map(|place| &batch[*place].request).collect();
        let known: Option<Vec<Option<Quota>>> = places.iter().map(|place| counted[*place]).collect();
        let unit = Unit { name: O::NAME, mode: Mode::Write, wait: Some(wait) };
        let mut results = Vec::new();
        let mut work = |tx: &mut dyn Tx, quotas: &[Option<Quota>]| {
            for (place, quota) in places.iter().zip(quotas) {
                counted[*place] = Some(*quota);
            }
            results = Attempt::<O>::new(&requests, quotas).run(tx, &units.env, guard)?;
            Ok(if results.iter().any(Result::is_ok) { Verdict::Commit } else { Verdict::Rollback })
        };
        match known {
            Some(quotas) => units.store.run(unit, &mut |tx| work(tx, &quotas))?,
            None => {
                let writers: Vec<_> = requests.iter().map(|request| request.caller.writer()).collect();
                run_counted(units.store.as_ref(), &units.env, unit, &writers, &mut work)?;
            }
        }
        Ok(results.into_iter().zip(places.iter().filter_map(|place| counted[*place])).collect())
    })
}

/// The span of a batch names its requests, so that what is logged inside can be found by request id. A batch of one is in the
/// span of its request.
pub(crate) fn batch_span<Q>(name: &'static str, batch: &[Item<Q>]) -> tracing::Span {
    match batch {
        [only] => only.span.clone(),
        several => {
            let ids: Vec<&str> = several.iter().filter_map(|item| item.context.id()).collect();
            tracing::info_span!("batch", name, requests = ids.join(","))
        }
    }
}

/// One run of a unit: stage by stage it rejects requests and goes on with the others.
struct Attempt<'a, O: WriteOperation> {
    requests: &'a [&'a Pending<O>],
    results: Vec<Option<Result<Done<O::Value>, Rejection<O::Error>>>>,
}

/// A request that no stage has decided yet.
struct Open<'a, O: WriteOperation> {
    place: usize,
    pending: &'a Pending<O>,
    identity: <O::Caller as Caller>::Identity,
    keyed: Option<Keyed>,
}

impl<'a, O: WriteOperation> Attempt<'a, O> {
    fn new(requests: &'a [&'a Pending<O>], quotas: &[Option<Quota>]) -> Self {
        let over = |quota: &Option<Quota>| quota.filter(Quota::is_exceeded);
        let results =
            quotas.iter().map(|quota| over(quota).map(|quota| Err(Rejection::Limit(TooManyWrites(quota)))));
        Self { requests, results: results.collect() }
    }

    fn run(
        mut self,
        tx: &mut dyn Tx,
        env: &Env,
        guard: &IdempotencyGuard,
    ) -> Result<Vec<Result<Done<O::Value>, Rejection<O::Error>>>, StoreError> {
        let open = self.identify(tx, env)?;
        let open = self.replay(tx, env, guard, open)?;
        let open = self.understood(open);
        self.perform(tx, env, &open)?;
        let missing = || StoreError::defect("a request of a batch was not decided");
        self.results.into_iter().map(|result| result.ok_or_else(missing)).collect()
    }

    fn identify(&mut self, tx: &mut dyn Tx, env: &Env) -> Result<Vec<Open<'a, O>>, StoreError> {
        let within_limit = self.results.iter().enumerate().filter(|(_, result)| result.is_none());
        let places: Vec<usize> = within_limit.map(|(place, _)| place).collect();
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let callers: Vec<&O::Caller> = places.iter().map(|place| &self.requests[*place].caller).collect();
        let identities = <O::Caller as Caller>::identify(tx, env, &callers)?;
        let mut open = Vec::with_capacity(places.len());
        for (place, identity) in places.into_iter().zip(identities) {
            match identity {
                Ok(identity) => {
                    open.push(Open { place, pending: self.requests[place], identity, keyed: None })
                }
                Err(error) => self.results[place] = Some(Err(Rejection::Caller(error))),
            }
        }
        Ok(open)
    }

    /// Takes the idempotency keys of the requests, and answers those that were performed before. A rejected request keeps no
    /// key, because its unit is rolled back.
    fn replay(
        &mut self,
        tx: &mut dyn Tx,
        env: &Env,
        guard: &IdempotencyGuard,
        open: Vec<Open<'a, O>>,
    ) -> Result<Vec<Open<'a, O>>, StoreError> {
        let mut new = Vec::with_capacity(open.len());
        for mut request in open {
            let Some(keyed) = keyed::<O>(guard, &request) else {
                new.push(request);
                continue;
            };
            match take(tx, env, &keyed) {
                Ok(None) => {
                    request.keyed = Some(keyed);
                    new.push(request);
                }
                Ok(Some(answer)) => self.results[request.place] = Some(Ok(Done::Replayed(answer))),
                Err(KeyError::Store(error)) => return Err(error),
                Err(error) => self.results[request.place] = Some(Err(Rejection::Key(error))),
            }
        }
        Ok(new)
    }

    fn understood(&mut self, open: Vec<Open<'a, O>>) -> Vec<Open<'a, O>> {
        let (understood, not): (Vec<_>, Vec<_>) =
            open.into_iter().partition(|request| request.pending.command.is_some());
        for request in not {
            self.results[request.place] = Some(Err(Rejection::NotUnderstood));
        }
        understood
    }

    fn perform(&mut self, tx: &mut dyn Tx, env: &Env, open: &[Open<'a, O>]) -> Result<(), StoreError> {
        let requests: Vec<Request<'_, O>> = open
            .iter()
            .filter_map(|request| Some((&request.identity, request.pending.command.as_ref()?)))
            .collect();
        if requests.is_empty() {
            return Ok(());
        }
        for (request, value) in open.iter().zip(O::perform(tx, env, &requests)?) {
            let result = match value {
                Ok(value) => Ok(store_answer::<O>(tx, request, value)?),
                Err(error) => match error.store_error() {
                    Some(error) => return Err(error.clone()),
                    None => Err(Rejection::UseCase(error)),
                },
            };
            self.results[request.place] = Some(result);
        }
        Ok(())
    }
}

fn keyed<O: WriteOperation>(guard: &IdempotencyGuard, request: &Open<'_, O>) -> Option<Keyed> {
    let key = request.pending.key.as_ref()?;
    let owner = request.pending.caller.owner(&request.identity)?;
    Some(guard.keyed(key, &owner, O::Caller::account(&request.identity)))
}

/// Stores the answer of a request with an idempotency key in the unit that did the work.
fn store_answer<O: WriteOperation>(
    tx: &mut dyn Tx,
    request: &Open<'_, O>,
    value: O::Value,
) -> Result<Done<O::Value>, StoreError> {
    let Some(keyed) = &request.keyed else { return Ok(Done::Performed(value)) };
    let answer = (request.pending.render)(&value);
    keep(tx, keyed, &answer)?;
    Ok(Done::Stored(answer))
}
