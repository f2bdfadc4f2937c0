//! Batches of numbers. The test decides how the work on each batch ends.

mod failures;

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, mpsc},
    task::{Context, Waker},
    time::Duration,
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use usher_domain::{
    port::{
        StoreError, Tx,
        store::{Mode, WaitLimit},
    },
    testkit::{self, memory::MemoryStore},
};

use super::{
    batcher::{BatchWork, Batcher},
    item::Item,
    split::{SplitBatch, together_or_alone},
};
use crate::{context::RequestContext, limiter::Limiter, units::Units};

/// Longer than any test, so no wait times out.
const LONG: Duration = Duration::from_hours(1);

type Asking = Pin<Box<dyn Future<Output = Result<u32, StoreError>>>>;

/// How the work on a batch ends.
enum End {
    /// The result of each request is its number plus a hundred.
    Answer,
    /// Only this many requests, from the start of the batch, have a result.
    AnswerOnly(usize),
    Fail(StoreError),
    Panic,
}

/// Work that reports what it was given, and then waits until the test says how it ends.
struct TestWork {
    entering: UnboundedSender<Vec<u32>>,
    ends: Mutex<mpsc::Receiver<End>>,
}

impl BatchWork for TestWork {
    type Request = u32;
    type Outcome = u32;

    fn perform(&self, units: &Units, batch: &[Item<u32>]) -> Vec<Result<u32, StoreError>> {
        together_or_alone(units, batch, &mut TestBatch { work: self, batch })
    }
}

struct TestBatch<'a> {
    work: &'a TestWork,
    batch: &'a [Item<u32>],
}

impl SplitBatch for TestBatch<'_> {
    type Outcome = u32;

    fn run_unit(&mut self, places: &[usize], _: Duration) -> Result<Vec<u32>, StoreError> {
        let numbers: Vec<u32> = places.iter().map(|place| self.batch[*place].request).collect();
        self.work.entering.send(numbers.clone()).unwrap();
        let end = self.work.ends.lock().unwrap_or_else(PoisonError::into_inner).recv().unwrap();
        let results = numbers.into_iter().map(|number| number + 100);
        match end {
            End::Answer => Ok(results.collect()),
            End::AnswerOnly(most) => Ok(results.take(most).collect()),
            End::Fail(error) => Err(error),
            End::Panic => panic!("the work panics"),
        }
    }
}

/// A batcher that does [`TestWork`].
struct Scene {
    batcher: Arc<Batcher<TestWork>>,
    units: Units,
    tell: UnboundedSender<Vec<u32>>,
    entered: UnboundedReceiver<Vec<u32>>,
    ends: mpsc::Sender<End>,
}

impl Scene {
    fn new(runners: usize, permits: usize, budget: Duration) -> Self {
        let units = Units {
            store: Arc::new(MemoryStore::default()),
            env: testkit::env().0,
            limiter: Limiter::new(permits),
            budget,
        };
        let (tell, entered) = unbounded_channel();
        let (ends, end) = mpsc::channel();
        let work = TestWork { entering: tell.clone(), ends: Mutex::new(end) };
        let batcher = Batcher::new("test", units.clone(), runners, work);
        Self { batcher, units, tell, entered, ends }
    }

    /// One runner, and waits that never time out.
    fn with_one_runner() -> Self {
        Self::new(1, 4, LONG)
    }

    /// Puts a request into the queue.
    fn ask(&self, number: u32) -> Asking {
        let batcher = Arc::clone(&self.batcher);
        begin(Box::pin(async move { batcher.submit(&RequestContext::default(), number).await }))
    }

    /// Begins a request that is a batch of its own.
    fn ask_alone(&self, number: u32) -> Asking {
        let batcher = Arc::clone(&self.batcher);
        begin(Box::pin(async move { batcher.submit_alone(&RequestContext::default(), number).await }))
    }

    /// Puts a request into the queue, and returns when it is in progress.
    async fn hold(&mut self, number: u32) -> Asking {
        let asking = self.ask(number);
        assert_eq!(self.batch().await, [number]);
        asking
    }

    /// The next batch, once it is in progress.
    async fn batch(&mut self) -> Vec<u32> {
        self.entered.recv().await.unwrap()
    }

    fn end(&self, end: End) {
        self.ends.send(end).unwrap();
    }

    fn running(&self) -> usize {
        self.batcher.queue().running()
    }

    fn waiting(&self) -> Vec<u32> {
        self.batcher.queue().waiting().copied().collect()
    }
}

fn begin(mut asking: Asking) -> Asking {
    assert!(asking.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    asking
}

#[tokio::test]
async fn a_lone_request_is_a_batch_of_one() {
    let mut scene = Scene::with_one_runner();
    for number in 1..=3 {
        let asking = scene.hold(number).await;
        scene.end(End::Answer);
        assert_eq!(asking.await, Ok(number + 100));
    }
}

#[tokio::test]
async fn requests_that_come_while_a_batch_runs_form_the_next_one() {
    let mut scene = Scene::with_one_runner();
    let first = scene.hold(1).await;
    // The numbers are not in ascending order, so that a result in the wrong place is noticed.
    let asking = [4, 2, 3].map(|number| scene.ask(number));
    scene.end(End::Answer);
    assert_eq!(first.await, Ok(101));
    assert_eq!(scene.batch().await, [4, 2, 3]);
    let fourth = scene.ask(5);
    scene.end(End::Answer);
    for (asking, answer) in asking.into_iter().zip([104, 102, 103]) {
        assert_eq!(asking.await, Ok(answer));
    }
    assert_eq!(scene.batch().await, [5]);
    scene.end(End::Answer);
    assert_eq!(fourth.await, Ok(105));
}

#[tokio::test]
async fn no_more_batches_run_at_once_than_there_are_runners() {
    let mut scene = Scene::new(2, 4, LONG);
    let held = [scene.hold(1).await, scene.hold(2).await];
    let later = [scene.ask(3), scene.ask(4)];
    assert_eq!((scene.running(), scene.waiting()), (2, vec![3, 4]));
    scene.end(End::Answer);
    assert_eq!(scene.batch().await, [3, 4], "the free runner takes both");
    scene.end(End::Answer);
    scene.end(End::Answer);
    for (asking, answer) in held.into_iter().chain(later).zip(101..) {
        assert_eq!(asking.await, Ok(answer));
    }
    assert!(scene.entered.try_recv().is_err(), "nothing is worked on twice");
}

/// Otherwise batches would get small under load. Here another runner works on three requests.
#[tokio::test]
async fn a_batch_begins_beside_another_one_when_it_is_as_large() {
    let mut scene = Scene::new(2, 4, LONG);
    scene.batcher.queue().pretend_in_progress(3);
    let asking = [1, 2].map(|number| scene.ask(number));
    assert_eq!((scene.running(), scene.waiting()), (1, vec![1, 2]));
    let third = scene.ask(3);
    assert_eq!(scene.batch().await, [1, 2, 3]);
    let fourth = scene.ask(4);
    scene.end(End::Answer);
    for (asking, answer) in asking.into_iter().chain([third]).zip(101..) {
        assert_eq!(asking.await, Ok(answer));
    }
    while scene.running() == 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(scene.waiting(), [4], "it is left to the runner that goes on");
    drop(fourth);
}

/// Here another runner works on three requests forever.
#[tokio::test]
async fn no_request_waits_long_for_a_larger_batch() {
    let mut scene = Scene::new(2, 4, LONG);
    scene.batcher.queue().pretend_in_progress(3);
    let mut asking = scene.ask(1);
    tokio::select! {
        answer = &mut asking => panic!("answered: {answer:?}"),
        batch = scene.entered.recv() => assert_eq!(batch.unwrap(), [1]),
    }
    scene.end(End::Answer);
    assert_eq!(asking.await, Ok(101));
}

/// This holds even if no runner was free when the request had waited long enough.
#[tokio::test]
async fn a_request_that_has_waited_long_joins_the_next_batch_of_any_runner() {
    let mut scene = Scene::new(2, 4, LONG);
    scene.batcher.queue().pretend_in_progress(3);
    let larger = [1, 2, 3].map(|number| scene.ask(number));
    assert_eq!(scene.batch().await, [1, 2, 3]);
    let late = scene.ask(4);
    assert!(!scene.batcher.queue().hurry(3, 2), "both runners are busy");
    scene.end(End::Answer);
    assert_eq!(scene.batch().await, [4], "although the other runner works on three");
    scene.end(End::Answer);
    for (asking, answer) in larger.into_iter().chain([late]).zip(101..) {
        assert_eq!(asking.await, Ok(answer));
    }
}

#[tokio::test]
async fn a_batch_has_at_most_128_requests() {
    let mut scene = Scene::with_one_runner();
    let first = scene.hold(0).await;
    let asking: Vec<_> = (1..=300).map(|number| scene.ask(number)).collect();
    scene.end(End::Answer);
    assert_eq!(first.await, Ok(100));
    for batch in [1..=128, 129..=256, 257..=300] {
        assert_eq!(scene.batch().await, batch.collect::<Vec<_>>());
        scene.end(End::Answer);
    }
    for (asking, answer) in asking.into_iter().zip(101..) {
        assert_eq!(asking.await, Ok(answer));
    }
}

/// Otherwise a stream of requests of one operation would keep all other work waiting.
#[tokio::test]
async fn a_runner_gives_way_to_other_work_that_waits_for_a_permit() {
    let mut scene = Scene::new(1, 1, LONG);
    let first = scene.hold(1).await;
    let second = scene.ask(2);
    let (units, tell) = (scene.units.clone(), scene.tell.clone());
    let told = move |_: &mut dyn Tx, _: &_| tell.send(Vec::new()).map_err(|_| StoreError::defect("gone"));
    let mut unit =
        Box::pin(async move { units.run(&RequestContext::default(), "unit", Mode::Read, told).await });
    assert!(unit.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let unit = tokio::spawn(unit);
    scene.end(End::Answer);
    assert_eq!(scene.batch().await, [0; 0], "the unit comes before the next batch");
    assert_eq!(scene.batch().await, [2]);
    scene.end(End::Answer);
    assert_eq!((first.await, second.await, unit.await.unwrap()), (Ok(101), Ok(102), Ok(())));
    assert!(!scene.units.limiter.is_contended());
}

/// The client's request is performed all the same, because its result may already be on its way.
#[tokio::test]
async fn a_client_that_hangs_up_does_not_disturb_the_others() {
    let mut scene = Scene::with_one_runner();
    let first = scene.hold(1).await;
    let [second, third, fourth] = [2, 3, 4].map(|number| scene.ask(number));
    drop((first, third));
    scene.end(End::Answer);
    assert_eq!(scene.batch().await, [2, 3, 4]);
    scene.end(End::Answer);
    assert_eq!((second.await, fourth.await), (Ok(102), Ok(104)));
}

/// Only permits limit such requests: here one runner works, and two of four permits are left.
#[tokio::test]
async fn requests_that_are_alone_run_beside_other_batches() {
    let mut scene = Scene::with_one_runner();
    let first = scene.hold(1).await;
    let waiting = scene.ask(2);
    let mut alone = Vec::new();
    for number in 3..=5 {
        alone.push(scene.ask_alone(number));
        assert_eq!(scene.batch().await, [number]);
    }
    let last = scene.ask_alone(6);
    for _ in 1..=5 {
        scene.end(End::Answer);
    }
    assert_eq!(first.await, Ok(101));
    for (asking, answer) in alone.into_iter().zip(103..) {
        assert_eq!(asking.await, Ok(answer));
    }
    scene.end(End::Answer);
    assert_eq!((waiting.await, last.await), (Ok(102), Ok(106)));
}
