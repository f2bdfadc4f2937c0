use usher_domain::{
    env::Env,
    port::{StoreError, Tx, store::UnitError as _},
    quota::{Quota, TooManyWrites},
    usecase::idempotency::{KeyError, Keyed, keep, take},
};

use super::types::{Decision, Done, IdentifiedCommand, SubmittedWrite, WriteOperation};
use crate::{call::Rejection, idempotency::IdempotencyGuard, operation::Caller};

/// One run of a unit. Each stage rejects some requests and passes on the others.
pub(super) struct Attempt<'a, O: WriteOperation> {
    requests: &'a [&'a SubmittedWrite<O>],
    results: Vec<Option<Decision<O>>>,
}

/// A request that no stage has decided yet.
struct Undecided<'a, O: WriteOperation> {
    place: usize,
    submitted: &'a SubmittedWrite<O>,
    identity: <O::Caller as Caller>::Identity,
    keyed: Option<Keyed>,
}

impl<'a, O: WriteOperation> Attempt<'a, O> {
    pub(super) fn new(requests: &'a [&'a SubmittedWrite<O>], quotas: &[Option<Quota>]) -> Self {
        let results = requests.iter().zip(quotas).map(|(request, quota)| match (quota, &request.key) {
            (Some(quota), _) if quota.is_exceeded() => {
                Some(Err(Rejection::WriteLimit(TooManyWrites(*quota))))
            }
            (_, Some(Err(error))) => Some(Err(Rejection::Key(error.clone()))),
            _ => None,
        });
        Self { requests, results: results.collect() }
    }

    pub(super) fn run(
        mut self,
        tx: &mut dyn Tx,
        env: &Env,
        guard: &IdempotencyGuard,
    ) -> Result<Vec<Decision<O>>, StoreError> {
        let undecided = self.identify(tx, env)?;
        let undecided = self.replay(tx, env, guard, undecided)?;
        let undecided = self.reject_not_understood(undecided);
        self.perform(tx, env, &undecided)?;
        let missing = || StoreError::defect("a request of a batch was not decided");
        self.results.into_iter().map(|result| result.ok_or_else(missing)).collect()
    }

    fn identify(&mut self, tx: &mut dyn Tx, env: &Env) -> Result<Vec<Undecided<'a, O>>, StoreError> {
        let within_limit = self.results.iter().enumerate().filter(|(_, result)| result.is_none());
        let places: Vec<usize> = within_limit.map(|(place, _)| place).collect();
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let callers: Vec<&O::Caller> = places.iter().map(|place| &self.requests[*place].caller).collect();
        let identities = <O::Caller as Caller>::identify(tx, env, &callers)?;
        let mut undecided = Vec::with_capacity(places.len());
        for (place, identity) in places.into_iter().zip(identities) {
            match identity {
                Ok(identity) => {
                    undecided.push(Undecided {
                        place,
                        submitted: self.requests[place],
                        identity,
                        keyed: None,
                    });
                }
                Err(error) => self.results[place] = Some(Err(Rejection::Caller(error))),
            }
        }
        Ok(undecided)
    }

    /// Takes the idempotency keys of the requests, and replays the stored responses of requests that were performed before, as
    /// far as the callers still have the right to them. The key of a rejected request is not kept, because its unit is rolled back.
    fn replay(
        &mut self,
        tx: &mut dyn Tx,
        env: &Env,
        guard: &IdempotencyGuard,
        undecided: Vec<Undecided<'a, O>>,
    ) -> Result<Vec<Undecided<'a, O>>, StoreError> {
        let mut new = Vec::with_capacity(undecided.len());
        for mut request in undecided {
            let Some(keyed) = keyed::<O>(guard, &request) else {
                new.push(request);
                continue;
            };
            match take(tx, env, &keyed) {
                Ok(None) => {
                    request.keyed = Some(keyed);
                    new.push(request);
                }
                Ok(Some(answer)) => {
                    let authorized = authorize_replay::<O>(tx, &request)?;
                    self.results[request.place] = Some(authorized.map(|()| Done::Replayed(answer)));
                }
                Err(KeyError::Store(error)) => return Err(error),
                Err(error) => self.results[request.place] = Some(Err(Rejection::Key(error))),
            }
        }
        Ok(new)
    }

    fn reject_not_understood(&mut self, undecided: Vec<Undecided<'a, O>>) -> Vec<Undecided<'a, O>> {
        let (understood, not): (Vec<_>, Vec<_>) =
            undecided.into_iter().partition(|request| request.submitted.command.is_some());
        for request in not {
            self.results[request.place] = Some(Err(Rejection::NotUnderstood));
        }
        understood
    }

    fn perform(
        &mut self,
        tx: &mut dyn Tx,
        env: &Env,
        undecided: &[Undecided<'a, O>],
    ) -> Result<(), StoreError> {
        let requests: Vec<IdentifiedCommand<'_, O>> = undecided
            .iter()
            .filter_map(|request| Some((&request.identity, request.submitted.command.as_ref()?)))
            .collect();
        if requests.is_empty() {
            return Ok(());
        }
        for (request, value) in undecided.iter().zip(O::perform(tx, env, &requests)?) {
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

/// Rejects the replay of a response that the caller has no right to any more.
fn authorize_replay<O: WriteOperation>(
    tx: &mut dyn Tx,
    request: &Undecided<'_, O>,
) -> Result<Result<(), Rejection<O::Error>>, StoreError> {
    let command = match &request.submitted.command {
        Some(command) => command,
        None if O::Caller::IS_IDENTIFIED => return Ok(Err(Rejection::NotUnderstood)),
        // A link that was used is not understood any more.
        None => return Ok(Ok(())),
    };
    match O::authorize_replay(tx, &request.identity, command) {
        Ok(()) => Ok(Ok(())),
        Err(error) => match error.store_error() {
            Some(error) => Err(error.clone()),
            None => Ok(Err(Rejection::UseCase(error))),
        },
    }
}

fn keyed<O: WriteOperation>(guard: &IdempotencyGuard, request: &Undecided<'_, O>) -> Option<Keyed> {
    let key = request.submitted.key.as_ref()?.as_ref().ok()?;
    let owner = request.submitted.caller.owner(&request.identity)?;
    Some(guard.keyed(key, &owner, O::Caller::account(&request.identity)))
}

/// Stores the answer of a request with an idempotency key in the unit that did the work.
fn store_answer<O: WriteOperation>(
    tx: &mut dyn Tx,
    request: &Undecided<'_, O>,
    value: O::Value,
) -> Result<Done<O::Value>, StoreError> {
    let Some(keyed) = &request.keyed else { return Ok(Done::Performed(value)) };
    let answer = (request.submitted.render)(&value);
    keep(tx, keyed, &answer)?;
    Ok(Done::Stored(answer))
}
