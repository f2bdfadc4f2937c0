//! Questions and batches, with work that the test holds.

mod troubles;

use std::{
    pin::Pin,
    sync::mpsc,
    task::{Context, Waker},
    time::Duration,
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use usher_domain::testkit::{self, memory::MemoryStore};

use super::*;

/// Longer than any test: nobody's patience ends.
const LONG: Duration = Duration::from_hours(1);

type Asking = Pin<Box<dyn Future<Output = Result<u32, StoreError>>>>;

/// How the work on a batch ends.
enum End {
    /// Each question is answered by itself and a hundred more.
    Answer,
    /// So many questions, the first ones, are answered.
    AnswerOnly(usize),
    Fail(StoreError),
    Panic,
}

/// A batcher whose work tells what it was given, and then waits until the test says how it ends.
struct Scene {
    batcher: Arc<Batcher<u32, u32>>,
    gate: Gate,
    tell: UnboundedSender<Vec<u32>>,
    entered: UnboundedReceiver<Vec<u32>>,
    ends: mpsc::Sender<End>,
}

impl Scene {
    fn new(lanes: usize, places: usize, patience: Duration) -> Self {
        let gate = Gate::new(Arc::new(MemoryStore::default()), testkit::env().0, places, patience);
        let (tell, entered) = unbounded_channel();
        let (ends, end) = mpsc::channel();
        let end = Mutex::new(end);
        let entering = tell.clone();
        let batcher = Batcher::new(gate.clone(), lanes, move |_, _, questions: &[u32]| {
            entering.send(questions.to_vec()).unwrap();
            let end = end.lock().unwrap().recv().unwrap();
            let answers = questions.iter().map(|question| question + 100);
            match end {
                End::Answer => Ok(answers.collect()),
                End::AnswerOnly(most) => Ok(answers.take(most).collect()),
                End::Fail(error) => Err(error),
                End::Panic => panic!("the work breaks"),
            }
        });
        Self { batcher, gate, tell, entered, ends }
    }

    /// One lane, and nobody's patience ends.
    fn of_one_lane() -> Self {
        Self::new(1, 4, LONG)
    }

    /// Puts a question into the queue.
    fn ask(&self, question: u32) -> Asking {
        let batcher = Arc::clone(&self.batcher);
        let mut asking: Asking = Box::pin(async move { batcher.ask(question).await });
        assert!(asking.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        asking
    }

    /// Puts a question into the queue, and answers when it is being worked on.
    async fn hold(&mut self, question: u32) -> Asking {
        let asking = self.ask(question);
        assert_eq!(self.batch().await, [question]);
        asking
    }

    /// What the next batch has, once it is being worked on.
    async fn batch(&mut self) -> Vec<u32> {
        self.entered.recv().await.unwrap()
    }

    fn end(&self, end: End) {
        self.ends.send(end).unwrap();
    }

    fn running(&self) -> usize {
        self.batcher.queue().running
    }

    fn waiting(&self) -> Vec<u32> {
        self.batcher.queue().waiting.iter().map(|asked| asked.question).collect()
    }
}

#[tokio::test]
async fn a_lone_question_is_a_batch_of_one() {
    let mut scene = Scene::of_one_lane();
    for question in 1..=3 {
        let asking = scene.hold(question).await;
        scene.end(End::Answer);
        assert_eq!(asking.await, Ok(question + 100));
    }
}

#[tokio::test]
async fn those_that_come_while_a_batch_runs_are_the_next_one() {
    let mut scene = Scene::of_one_lane();
    let first = scene.hold(1).await;
    // Not in the order of the answers, so that one given to somebody else shows.
    let asking = [4, 2, 3].map(|question| scene.ask(question));
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
async fn no_more_batches_run_at_once_than_there_are_lanes() {
    let mut scene = Scene::new(2, 4, LONG);
    let held = [scene.hold(1).await, scene.hold(2).await];
    let later = [scene.ask(3), scene.ask(4)];
    assert_eq!((scene.running(), scene.waiting()), (2, vec![3, 4]));
    scene.end(End::Answer);
    assert_eq!(scene.batch().await, [3, 4], "the lane that is free takes both");
    scene.end(End::Answer);
    scene.end(End::Answer);
    for (asking, answer) in held.into_iter().chain(later).zip(101..) {
        assert_eq!(asking.await, Ok(answer));
    }
    assert!(scene.entered.try_recv().is_err(), "nothing is worked on twice");
}

/// Otherwise batches would get small under load. Here another lane, which nobody sees, works on three questions.
#[tokio::test]
async fn a_batch_begins_beside_another_one_when_it_is_as_large() {
    let mut scene = Scene::new(2, 4, LONG);
    scene.batcher.queue().running = 1;
    scene.batcher.queue().working = 3;
    let asking = [1, 2].map(|question| scene.ask(question));
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
    assert_eq!(scene.waiting(), [4], "it is left to the lane that goes on");
    drop(fourth);
}

/// The other lane, which nobody sees, works on three questions for ever.
#[tokio::test]
async fn nobody_waits_long_for_a_larger_batch() {
    let mut scene = Scene::new(2, 4, LONG);
    scene.batcher.queue().running = 1;
    scene.batcher.queue().working = 3;
    let mut asking = scene.ask(1);
    tokio::select! {
        answer = &mut asking => panic!("nobody answered: {answer:?}"),
        batch = scene.entered.recv() => assert_eq!(batch.unwrap(), [1]),
    }
    scene.end(End::Answer);
    assert_eq!(asking.await, Ok(101));
}

/// Also where no lane was free when it had waited long.
#[tokio::test]
async fn who_has_waited_long_is_of_the_next_batch_of_any_lane() {
    let mut scene = Scene::new(2, 4, LONG);
    scene.batcher.queue().running = 1;
    scene.batcher.queue().working = 3;
    let larger = [1, 2, 3].map(|question| scene.ask(question));
    assert_eq!(scene.batch().await, [1, 2, 3]);
    let late = scene.ask(4);
    let ticket = scene.batcher.queue().next_ticket - 1;
    assert!(!scene.batcher.queue().hurry(ticket, 2), "both lanes are busy");
    scene.end(End::Answer);
    assert_eq!(scene.batch().await, [4], "although the other lane works on three");
    scene.end(End::Answer);
    for (asking, answer) in larger.into_iter().chain([late]).zip(101..) {
        assert_eq!(asking.await, Ok(answer));
    }
}

#[tokio::test]
async fn a_batch_has_at_most_128_questions() {
    let mut scene = Scene::of_one_lane();
    let first = scene.hold(0).await;
    let asking: Vec<_> = (1..=300).map(|question| scene.ask(question)).collect();
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

/// Otherwise a stream of questions of one kind would keep everything else waiting.
#[tokio::test]
async fn a_lane_gives_way_to_others_who_want_its_place() {
    let mut scene = Scene::new(1, 1, LONG);
    let first = scene.hold(1).await;
    let second = scene.ask(2);
    let (gate, tell) = (scene.gate.clone(), scene.tell.clone());
    let told = move |_: &dyn Store, _: &Env| tell.send(Vec::new()).map_err(|_| broken());
    let mut unit = Box::pin(async move { gate.run(told).await });
    assert!(unit.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let unit = tokio::spawn(unit);
    scene.end(End::Answer);
    assert_eq!(scene.batch().await, [0; 0], "the unit comes before the next batch");
    assert_eq!(scene.batch().await, [2]);
    scene.end(End::Answer);
    assert_eq!((first.await, second.await, unit.await.unwrap()), (Ok(101), Ok(102), Ok(())));
    assert!(!scene.gate.is_wanted());
}

/// Whoever hung up is worked for all the same: nobody knows whether the answer was already on its way.
#[tokio::test]
async fn an_asker_that_went_away_does_not_disturb_the_others() {
    let mut scene = Scene::of_one_lane();
    let first = scene.hold(1).await;
    let [second, third, fourth] = [2, 3, 4].map(|question| scene.ask(question));
    drop((first, third));
    scene.end(End::Answer);
    assert_eq!(scene.batch().await, [2, 3, 4]);
    scene.end(End::Answer);
    assert_eq!((second.await, fourth.await), (Ok(102), Ok(104)));
}
