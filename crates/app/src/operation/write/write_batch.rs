use std::time::Duration;

use usher_domain::{
    port::{
        StoreError, Tx,
        store::{Mode, Unit, Verdict},
    },
    quota::{Quota, WriteCount},
    usecase::count_write::Writers,
};

use super::{
    attempt::Attempt,
    types::{Decision, SubmittedWrite, WriteOperation, Written},
};
use crate::{
    batch::{Item, SplitBatch},
    idempotency::IdempotencyGuard,
    operation::Caller as _,
    units::{StoreWait, Units},
};

/// A batch of writes. Each write is counted once, even if the batch is split into several units.
pub(super) struct WriteBatch<'a, O: WriteOperation> {
    units: &'a Units,
    guard: &'a IdempotencyGuard,
    items: &'a [Item<SubmittedWrite<O>>],
    /// Whether each item was counted by an earlier unit, and the person's quota as of that count.
    counted: Vec<Option<Counted>>,
}

/// The person's quota after a counted write. Without a limit there is no quota.
#[derive(Debug, Clone, Copy)]
struct Counted(Option<Quota>);

impl<'a, O: WriteOperation> WriteBatch<'a, O> {
    pub(super) fn new(
        units: &'a Units,
        guard: &'a IdempotencyGuard,
        items: &'a [Item<SubmittedWrite<O>>],
    ) -> Self {
        Self { units, guard, items, counted: vec![None; items.len()] }
    }

    /// The quotas of these items, if they were counted by an earlier unit.
    fn known_quotas(&self, places: &[usize]) -> Option<Vec<Option<Quota>>> {
        places.iter().map(|place| self.counted[*place].map(|counted| counted.0)).collect()
    }

    fn remember(&mut self, places: &[usize], quotas: &[Option<Quota>]) {
        for (place, quota) in places.iter().zip(quotas) {
            self.counted[*place] = Some(Counted(*quota));
        }
    }
}

impl<O: WriteOperation> SplitBatch for WriteBatch<'_, O> {
    type Outcome = Written<O>;

    fn run_unit(&mut self, places: &[usize], wait: Duration) -> Result<Vec<Written<O>>, StoreError> {
        let unit = Unit { name: O::NAME, mode: Mode::Write, wait: Some(wait) };
        let (store, env, guard) = (&self.units.store, &self.units.env, self.guard);
        let requests: Vec<&SubmittedWrite<O>> =
            places.iter().map(|place| &self.items[*place].request).collect();
        let (mut quotas, mut decisions) = (self.known_quotas(places), Vec::new());
        let writers: Vec<_> = match quotas {
            None => requests.iter().map(|request| request.caller.counted_credential()).collect(),
            Some(_) => Vec::new(),
        };
        let writers = Writers::new(env, &writers);
        let mut store_wait = StoreWait::begin(places.iter().map(|place| &self.items[*place].context));
        let ended = store.run_counted(
            unit,
            &writers.counting(),
            &mut |tx: &mut dyn Tx, counts: &[Option<WriteCount>]| {
                store_wait.end();
                let quotas = quotas.get_or_insert_with(|| writers.quotas(counts));
                decisions = Attempt::<O>::new(&requests, quotas).run(tx, env, guard)?;
                Ok(verdict::<O>(&decisions))
            },
        );
        if let Some(quotas) = &quotas {
            self.remember(places, quotas);
        }
        ended?;
        Ok(decisions.into_iter().zip(quotas.unwrap_or_default()).collect())
    }
}

/// A unit without any success is rolled back, and the idempotency key of a rejected request with it.
fn verdict<O: WriteOperation>(decisions: &[Decision<O>]) -> Verdict {
    if decisions.iter().any(Result::is_ok) { Verdict::Commit } else { Verdict::Rollback }
}
