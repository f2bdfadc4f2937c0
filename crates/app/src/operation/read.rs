//! The pipeline of operations that read in an account: identify, perform.

use std::{marker::PhantomData, sync::Arc, time::Duration};

use usher_domain::{
    env::Env,
    port::{
        StoreError, Tx,
        store::{Mode, Unit, UnitError},
    },
    principal::{Actor, Credential},
    usecase::resolve::ResolveError,
};

use super::Results;
use crate::{
    batch::{self, BatchLoad, BatchWork, Batcher, Item, SplitBatch, runners, together_or_alone},
    call::{InAccount, Query, Rejection},
    recent_callers::RecentCallers,
    telemetry,
    units::{StoreWait, Units},
};

/// An operation that reads in an account.
pub(crate) trait ReadOperation: 'static {
    /// Names its units in logs and metrics.
    const NAME: &'static str;
    /// The typed request.
    type Query: Send + Sync + 'static;
    /// What is returned.
    type Value: Send + 'static;
    /// Why the operation does not succeed.
    type Error: UnitError + Send + 'static;

    /// Whether these queries need one consistent snapshot, or each call of the use case may see the data as of its own
    /// moment.
    fn mode(queries: &[&Self::Query]) -> Mode;

    /// The use case, for several requests at once.
    fn perform(
        tx: &mut dyn Tx,
        env: &Env,
        requests: &[(&Actor, &Self::Query)],
    ) -> Results<Self::Value, Self::Error>;
}

struct SubmittedRead<Q> {
    credential: Credential,
    /// `None` if the request could not be understood.
    query: Option<Q>,
}

type Read<O> = Result<InAccount<<O as ReadOperation>::Value>, Rejection<<O as ReadOperation>::Error>>;

/// Runs one operation.
pub(crate) struct Reader<O: ReadOperation> {
    batcher: Arc<Batcher<ReadWork<O>>>,
}

impl<O: ReadOperation> Reader<O> {
    pub(crate) fn new(units: &Units, recent: &Arc<RecentCallers>) -> Self {
        let work = ReadWork { recent: Arc::clone(recent), operation: PhantomData };
        Self { batcher: Batcher::new(O::NAME, units.clone(), runners(), work) }
    }

    /// What the operation is doing.
    pub(crate) fn load(&self) -> BatchLoad {
        self.batcher.load()
    }

    /// Performs a request, or rejects it.
    pub(crate) async fn submit(&self, query: Query<O::Query>) -> Read<O> {
        let Query { context, credential, query } = query;
        let submitted = SubmittedRead { credential, query };
        let read = self.batcher.submit(&context, submitted).await.unwrap_or_else(|error| Err(error.into()));
        read.inspect_err(|rejection| telemetry::report(O::NAME, rejection))
    }
}

/// Performs the batches of an operation.
struct ReadWork<O> {
    recent: Arc<RecentCallers>,
    operation: PhantomData<fn() -> O>,
}

impl<O: ReadOperation> BatchWork for ReadWork<O> {
    type Request = SubmittedRead<O::Query>;
    type Outcome = Read<O>;

    fn perform(&self, units: &Units, batch: &[Item<Self::Request>]) -> Vec<Result<Read<O>, StoreError>> {
        let _span = batch::span(O::NAME, batch).entered();
        together_or_alone(units, batch, &mut ReadBatch::<O> { units, recent: &self.recent, items: batch })
    }
}

/// A batch of reads.
struct ReadBatch<'a, O: ReadOperation> {
    units: &'a Units,
    recent: &'a RecentCallers,
    items: &'a [Item<SubmittedRead<O::Query>>],
}

impl<O: ReadOperation> SplitBatch for ReadBatch<'_, O> {
    type Outcome = Read<O>;

    fn run_unit(&mut self, places: &[usize], wait: Duration) -> Result<Vec<Read<O>>, StoreError> {
        let requests: Vec<&SubmittedRead<O::Query>> =
            places.iter().map(|place| &self.items[*place].request).collect();
        let queries: Vec<&O::Query> = requests.iter().filter_map(|request| request.query.as_ref()).collect();
        let unit = Unit { name: O::NAME, mode: O::mode(&queries), wait: Some(wait) };
        let mut store_wait = StoreWait::begin(places.iter().map(|place| &self.items[*place].context));
        self.units.store.unit(unit, |tx| {
            store_wait.end();
            run::<O>(tx, &self.units.env, self.recent, &requests)
        })
    }
}

fn run<O: ReadOperation>(
    tx: &mut dyn Tx,
    env: &Env,
    recent: &RecentCallers,
    requests: &[&SubmittedRead<O::Query>],
) -> Result<Vec<Read<O>>, StoreError> {
    let credentials: Vec<&Credential> = requests.iter().map(|request| &request.credential).collect();
    let actors = recent.resolve_all(tx, &credentials, env.now())?;
    let open: Vec<(&Actor, &O::Query)> = actors
        .iter()
        .zip(requests)
        .filter_map(|(actor, request)| Some((actor.as_ref().ok()?.as_ref(), request.query.as_ref()?)))
        .collect();
    let mut values = if open.is_empty() { Vec::new() } else { O::perform(tx, env, &open)? }.into_iter();
    let read = |(actor, request): (Result<Arc<Actor>, ResolveError>, &&SubmittedRead<O::Query>)| {
        let actor = match actor {
            Ok(actor) => actor,
            Err(error) => return Ok(Err(Rejection::Caller(error))),
        };
        if request.query.is_none() {
            return Ok(Err(Rejection::NotUnderstood));
        }
        let value = values.next().ok_or_else(|| StoreError::defect("a request of a batch has no result"))?;
        Ok(value.map(|value| InAccount { actor, value }).map_err(Rejection::UseCase))
    };
    actors.into_iter().zip(requests).map(read).collect()
}
