//! Requests whose batch fails.

use usher_domain::port::store::Constraint;

use super::*;

/// So short that every wait times out.
const SHORT: Duration = Duration::from_millis(1);

fn gone() -> StoreError {
    StoreError::Unreachable("gone".to_owned())
}

#[track_caller]
fn assert_defect(answer: &Result<u32, StoreError>) {
    assert!(matches!(answer, Err(StoreError::Defect(_))), "{answer:?}");
}

#[tokio::test]
async fn an_error_that_one_request_causes_does_not_fail_the_others() {
    let corrupt = StoreError::Corrupt { table: "invitation", column: "roles", id: 7 };
    for error in [StoreError::Contended, corrupt, StoreError::Conflict(Constraint::PendingInvitation)] {
        let mut scene = Scene::with_one_runner();
        let first = scene.hold(1).await;
        let asking = [2, 3, 4].map(|number| scene.ask(number));
        scene.end(End::Answer);
        assert_eq!(scene.batch().await, [2, 3, 4]);
        scene.end(End::Fail(error.clone()));
        let ends = [End::Answer, End::Fail(error.clone()), End::Answer];
        for (number, end) in (2..).zip(ends) {
            assert_eq!(scene.batch().await, [number], "one by one");
            scene.end(end);
        }
        assert_eq!(first.await, Ok(101));
        for (asking, answer) in asking.into_iter().zip([Ok(102), Err(error), Ok(104)]) {
            assert_eq!(asking.await, answer);
        }
    }
}

#[tokio::test]
async fn a_lone_request_that_fails_is_not_performed_again() {
    let mut scene = Scene::with_one_runner();
    let asking = scene.hold(1).await;
    scene.end(End::Fail(StoreError::Contended));
    assert_eq!(asking.await, Err(StoreError::Contended));
    let next = scene.hold(2).await;
    scene.end(End::Answer);
    assert_eq!(next.await, Ok(102));
}

#[tokio::test]
async fn an_unreachable_store_fails_the_whole_batch() {
    let mut scene = Scene::with_one_runner();
    let first = scene.hold(1).await;
    let asking = [scene.ask(2), scene.ask(3)];
    scene.end(End::Answer);
    assert_eq!((first.await, scene.batch().await), (Ok(101), vec![2, 3]));
    scene.end(End::Fail(gone()));
    for asking in asking {
        assert_eq!(asking.await, Err(gone()));
    }
    let next = scene.hold(4).await;
    scene.end(End::Answer);
    assert_eq!(next.await, Ok(104), "and no request was performed alone");
}

/// A panic is a bug, not overload.
#[tokio::test]
async fn a_panic_is_a_defect_of_its_batch_only() {
    let mut scene = Scene::with_one_runner();
    let first = scene.hold(1).await;
    let asking = [scene.ask(2), scene.ask(3)];
    scene.end(End::Answer);
    assert_eq!((first.await, scene.batch().await), (Ok(101), vec![2, 3]));
    let waiting = scene.ask(4);
    scene.end(End::Panic);
    for asking in asking {
        assert_defect(&asking.await);
    }
    assert_eq!(scene.batch().await, [4], "another runner goes on");
    scene.end(End::Answer);
    assert_eq!(waiting.await, Ok(104));
}

#[tokio::test]
async fn a_request_without_a_result_is_a_defect() {
    let mut scene = Scene::with_one_runner();
    let first = scene.hold(1).await;
    let asking = [scene.ask(2), scene.ask(3)];
    scene.end(End::Answer);
    assert_eq!((first.await, scene.batch().await), (Ok(101), vec![2, 3]));
    scene.end(End::AnswerOnly(1));
    let [second, third] = asking;
    assert_eq!(second.await, Ok(102));
    assert_defect(&third.await);
}

/// The budget limits only the wait for a batch. Once a batch has taken a request, the request waits for its result.
#[tokio::test]
async fn a_request_that_no_batch_takes_in_time_is_rejected() {
    let mut scene = Scene::new(1, 4, SHORT);
    let first = scene.hold(1).await;
    assert_eq!(scene.ask(2).await, Err(StoreError::Overloaded(WaitLimit::BatchQueue)));
    assert_eq!(scene.waiting(), [0; 0]);
    let third = scene.ask(3);
    scene.end(End::Answer);
    assert_eq!((first.await, scene.batch().await), (Ok(101), vec![3]));
    scene.end(End::Answer);
    assert_eq!(third.await, Ok(103));
}

#[tokio::test]
async fn a_request_without_a_permit_in_time_is_rejected_and_later_ones_are_performed() {
    let mut scene = Scene::new(1, 1, SHORT);
    let permit = scene.units.limiter.try_acquire();
    for number in 1..=2 {
        assert_eq!(scene.ask(number).await, Err(StoreError::Overloaded(WaitLimit::Permit)));
    }
    assert_eq!(scene.waiting(), [0; 0]);
    drop(permit);
    let next = scene.hold(3).await;
    scene.end(End::Answer);
    assert_eq!(next.await, Ok(103));
}

/// A batch in which every unit of several requests times out while it waits.
#[derive(Default)]
struct Overloaded(Vec<(Vec<usize>, Duration)>);

impl SplitBatch for Overloaded {
    type Outcome = u32;

    fn run_unit(&mut self, places: &[usize], wait: Duration) -> Result<Vec<u32>, StoreError> {
        self.0.push((places.to_vec(), wait));
        if places.len() == 1 { Ok(vec![7]) } else { Err(StoreError::Overloaded(WaitLimit::Writer)) }
    }
}

/// The first request has used up its budget. The second one is tried again, because nothing was done.
#[test]
fn a_wait_of_the_store_that_runs_out_rejects_only_requests_without_budget() {
    let budget = Duration::from_secs(2);
    let units = Scene::new(1, 4, budget).units;
    let items = [0, 0].map(|number| Item::new(&RequestContext::default(), number));
    items[0].context.spend(Duration::from_millis(1500));
    let mut batch = Overloaded::default();
    let results = together_or_alone(&units, &items, &mut batch);
    assert_eq!(results, [Err(StoreError::Overloaded(WaitLimit::Writer)), Ok(7)]);
    let rest = Duration::from_millis(500);
    assert_eq!(batch.0, [(vec![0, 1], rest), (vec![1], Duration::from_millis(1500))]);
}

/// No runner would take the requests, because the only one waits for a permit.
#[test]
fn requests_that_wait_when_the_runtime_stops_leave_the_queue() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (scene, _permit) = runtime.block_on(async {
        let scene = Scene::new(1, 1, LONG);
        let permit = scene.units.limiter.try_acquire();
        drop(scene.ask(1));
        tokio::task::yield_now().await;
        (scene, permit)
    });
    assert_eq!((scene.running(), scene.waiting()), (1, vec![1]));
    drop(runtime);
    assert_eq!((scene.running(), scene.waiting()), (0, Vec::new()));
}
