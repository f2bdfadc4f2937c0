use usher_domain::{
    env::Env,
    port::{StoreError, Tx, store::UnitError as _},
    quota::{Quota, TooManyWrites},
    usecase::idempotency::{KeyError, Keyed, keep, take},
};

use super::types::{Decision, Done, Pending, Request, WriteOperation};
use crate::{call::Rejection, idempotency::IdempotencyGuard, operation::Caller};

/// One run of a unit: stage by stage it rejects requests and goes on with the others.
pub(super) struct Attempt<'a, O: WriteOperation> {
    requests: &'a [&'a Pending<O>],
    results: Vec<Option<Decision<O>>>,
}

/// A request that no stage has decided yet.
struct Open<'a, O: WriteOperation> {
    place: usize,
    pending: &'a Pending<O>,
    identity: <O::Caller as Caller>::Identity,
    keyed: Option<Keyed>,
}

impl<'a, O: WriteOperation> Attempt<'a, O> {
    pub(super) fn new(requests: &'a [&'a Pending<O>], quotas: &[Option<Quota>]) -> Self {
        let over = |quota: &Option<Quota>| quota.filter(Quota::is_exceeded);
        let results =
            quotas.iter().map(|quota| over(quota).map(|quota| Err(Rejection::Limit(TooManyWrites(quota)))));
        Self { requests, results: results.collect() }
    }

    pub(super) fn run(
        mut self,
        tx: &mut dyn Tx,
        env: &Env,
        guard: &IdempotencyGuard,
    ) -> Result<Vec<Decision<O>>, StoreError> {
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
                    open.push(Open { place, pending: self.requests[place], identity, keyed: None });
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
