use std::sync::{Mutex, atomic::AtomicUsize, mpsc};

use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    port::{
        Tx,
        store::{ClockReading, CountedWork, Counting, Unit, Verdict},
    },
    testkit::{FailingStore, FixedClock, memory::MemoryStore},
};

use super::*;
use crate::{limiter::Limiter, progress::Routine};

/// A clock that says how far the database is ahead.
struct Behind(TimeDelta);

impl Clock for Behind {
    fn now(&self) -> Timestamp {
        FixedClock::default().now()
    }

    fn follow(&self, _database: ClockReading) -> TimeDelta {
        self.0
    }
}

fn health(store: Arc<dyn Store>, behind: TimeDelta) -> Health {
    let settings = HealthSettings { check_timeout: Duration::from_mins(1), ..HealthSettings::default() };
    Health::new(store, Arc::new(Behind(behind)), Progress::default(), settings)
}

#[tokio::test]
async fn a_clock_beyond_the_leeway_is_not_ready() {
    let store = || Arc::new(MemoryStore::new());
    for seconds in [-30, 0, 30] {
        assert_eq!(health(store(), TimeDelta::seconds(seconds)).ready().await, Ok(()));
    }
    for seconds in [-31, 31, 600] {
        let behind = TimeDelta::seconds(seconds);
        assert_eq!(health(store(), behind).ready().await, Err(NotReady::Clock(behind)));
    }
}

#[tokio::test]
async fn each_check_begins_after_its_request() {
    let failing = StoreError::Unreachable("read-only".to_owned());
    let health = health(Arc::new(FailingStore(failing.clone())), TimeDelta::zero());
    for _ in 0..3 {
        assert_eq!(health.ready().await, Err(NotReady::Store(failing.clone())));
    }
}

/// A store whose check lasts until the test ends it.
struct Hanging {
    wait: Mutex<mpsc::Receiver<()>>,
    checks: AtomicUsize,
}

impl Store for Hanging {
    fn run(
        &self,
        _: Unit,
        _: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    fn run_counted(&self, _: Unit, _: &Counting<'_>, _: &mut CountedWork<'_>) -> Result<(), StoreError> {
        Ok(())
    }

    fn check(&self, _: &dyn Clock) -> Result<ClockReading, StoreError> {
        // The sender is dropped at the end of the test.
        self.checks.fetch_add(1, Ordering::SeqCst);
        assert!(self.wait.lock().unwrap().recv().is_err());
        Ok(ClockReading::default())
    }

    fn writes_in_parallel(&self) -> bool {
        true
    }
}

/// A second check would wait for the first one, and so would its caller without a limit.
#[tokio::test]
async fn a_check_that_hangs_is_answered_within_its_limit_and_runs_once() {
    let (end, wait) = mpsc::channel();
    let store = Arc::new(Hanging { wait: Mutex::new(wait), checks: AtomicUsize::new(0) });
    let settings = HealthSettings { check_timeout: Duration::from_millis(10), ..HealthSettings::default() };
    let clock = Arc::new(FixedClock::default());
    let health = Health::new(Arc::clone(&store) as _, clock, Progress::default(), settings);
    for _ in 0..5 {
        let late = StoreError::Unreachable("no check within 10ms".to_owned());
        assert_eq!(health.ready().await, Err(NotReady::Store(late)));
    }
    assert!(store.checks.load(Ordering::SeqCst) <= 1);
    drop(end);
}

#[tokio::test(start_paused = true)]
async fn a_permit_without_progress_is_stuck() {
    let limiter = Limiter::new(2);
    let (progress, minutes) = (limiter.progress(), |minutes| Duration::from_mins(minutes));
    let (idle, busy) = (limiter.try_acquire().unwrap(), limiter.try_acquire().unwrap());
    tokio::time::advance(minutes(4)).await;
    busy.advance();
    assert_eq!(progress.stuck(), None);
    tokio::time::advance(minutes(2)).await;
    assert_eq!(progress.stuck(), Some("unit of work"));
    drop(idle);
    assert_eq!(progress.stuck(), None, "the other one made progress two minutes ago");
}

#[tokio::test(start_paused = true)]
async fn a_worker_or_sweeper_without_progress_is_stuck() {
    for (routine, name) in [(Routine::Worker, "worker"), (Routine::Sweeper, "sweeper")] {
        let progress = Progress::default();
        assert_eq!(progress.stuck(), None, "no {name}");
        progress.routine(routine, Duration::from_hours(1));
        tokio::time::advance(Duration::from_mins(64)).await;
        assert_eq!(progress.stuck(), None, "the {name} may pause");
        tokio::time::advance(Duration::from_mins(2)).await;
        assert_eq!(progress.stuck(), Some(name));
        progress.ended(routine);
        assert_eq!(progress.stuck(), None);
    }
}
