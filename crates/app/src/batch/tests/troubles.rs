//! What becomes of the questions when something goes wrong.

use usher_domain::port::store::Constraint;

use super::*;

/// So short that whoever is not answered at once gives up.
const SHORT: Duration = Duration::from_millis(1);

fn gone() -> StoreError {
    StoreError::Unavailable("gone".to_owned())
}

#[track_caller]
fn assert_unavailable(answer: &Result<u32, StoreError>) {
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn what_one_question_met_is_not_for_the_others_to_bear() {
    let corrupt = StoreError::Corrupt { table: "invitation", column: "roles", id: 7 };
    for error in [StoreError::Contended, corrupt, StoreError::Conflict(Constraint::PendingInvitation)] {
        let mut scene = Scene::of_one_lane();
        let first = scene.hold(1).await;
        let asking = [2, 3, 4].map(|question| scene.ask(question));
        scene.end(End::Answer);
        assert_eq!(scene.batch().await, [2, 3, 4]);
        scene.end(End::Fail(error.clone()));
        let ends = [End::Answer, End::Fail(error.clone()), End::Answer];
        for (question, end) in (2..).zip(ends) {
            assert_eq!(scene.batch().await, [question], "one by one");
            scene.end(end);
        }
        assert_eq!(first.await, Ok(101));
        for (asking, answer) in asking.into_iter().zip([Ok(102), Err(error), Ok(104)]) {
            assert_eq!(asking.await, answer);
        }
    }
}

#[tokio::test]
async fn a_lone_question_that_fails_is_not_worked_on_again() {
    let mut scene = Scene::of_one_lane();
    let asking = scene.hold(1).await;
    scene.end(End::Fail(StoreError::Contended));
    assert_eq!(asking.await, Err(StoreError::Contended));
    let next = scene.hold(2).await;
    scene.end(End::Answer);
    assert_eq!(next.await, Ok(102));
}

#[tokio::test]
async fn without_a_store_all_of_a_batch_fail() {
    let mut scene = Scene::of_one_lane();
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
    assert_eq!(next.await, Ok(104), "and nothing was tried one by one");
}

#[tokio::test]
async fn a_panic_fails_its_batch_and_the_next_question_is_answered() {
    let mut scene = Scene::of_one_lane();
    let first = scene.hold(1).await;
    let asking = [scene.ask(2), scene.ask(3)];
    scene.end(End::Answer);
    assert_eq!((first.await, scene.batch().await), (Ok(101), vec![2, 3]));
    let waiting = scene.ask(4);
    scene.end(End::Panic);
    for asking in asking {
        assert_unavailable(&asking.await);
    }
    assert_unavailable(&waiting.await);
    let next = scene.hold(5).await;
    scene.end(End::Answer);
    assert_eq!(next.await, Ok(105));
}

#[tokio::test]
async fn a_panic_leaves_those_who_wait_to_the_other_lane() {
    let mut scene = Scene::new(2, 4, LONG);
    let held = [scene.hold(1).await, scene.hold(2).await];
    let waiting = scene.ask(3);
    scene.end(End::Panic);
    // Which of the two it was is open; the other one is told of by its answer.
    while scene.running() == 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(scene.waiting(), [3]);
    scene.end(End::Answer);
    assert_eq!(scene.batch().await, [3]);
    scene.end(End::Answer);
    assert_eq!(waiting.await, Ok(103));
    let [first, second] = held;
    let answered = [first.await, second.await].iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(answered, 1);
}

#[tokio::test]
async fn a_question_that_the_work_leaves_out_is_told_so() {
    let mut scene = Scene::of_one_lane();
    let first = scene.hold(1).await;
    let asking = [scene.ask(2), scene.ask(3)];
    scene.end(End::Answer);
    assert_eq!((first.await, scene.batch().await), (Ok(101), vec![2, 3]));
    scene.end(End::AnswerOnly(1));
    let [second, third] = asking;
    assert_eq!(second.await, Ok(102));
    assert_unavailable(&third.await);
}

/// Patience is for being taken: whoever was taken waits for the answer, and whoever gave up is not worked for later.
#[tokio::test]
async fn nobody_took_it_in_time() {
    let mut scene = Scene::new(1, 4, SHORT);
    let first = scene.hold(1).await;
    assert_unavailable(&scene.ask(2).await);
    assert_eq!(scene.waiting(), [0; 0]);
    let third = scene.ask(3);
    scene.end(End::Answer);
    assert_eq!((first.await, scene.batch().await), (Ok(101), vec![3]));
    scene.end(End::Answer);
    assert_eq!(third.await, Ok(103));
}

#[tokio::test]
async fn without_a_place_in_the_gate_those_who_wait_are_told() {
    let mut scene = Scene::new(1, 1, SHORT);
    let (tell, told) = oneshot::channel();
    let (leave, left) = mpsc::channel();
    let gate = scene.gate.clone();
    let holder = tokio::spawn(async move {
        let held = gate.run(move |_, _| {
            tell.send(()).unwrap();
            left.recv().map_err(|_| gone())
        });
        held.await
    });
    told.await.unwrap();
    let asking = [scene.ask(1), scene.ask(2)];
    // Whoever asks would give up by themselves too: so they are not asked before the lane has told them.
    while scene.running() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(scene.waiting(), [0; 0]);
    for asking in asking {
        assert_eq!(asking.await, Err(broken()));
    }
    leave.send(()).unwrap();
    assert_eq!(holder.await.unwrap(), Ok(()));
    let next = scene.hold(3).await;
    scene.end(End::Answer);
    assert_eq!(next.await, Ok(103));
}
