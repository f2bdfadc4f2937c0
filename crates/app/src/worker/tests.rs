use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use metrics_util::debugging::DebuggingRecorder;
use usher_domain::{
    outbox::{CONFIRMED_AFTER, InvitationMail, LeaseToken, Mail, MailState, WITNESS_SPAN},
    port::{
        Clock, SendError, SendFuture, Store, Tx,
        store::{ClockReading, CountedWork, Counting, LeasedWork, MailFilter, Unit, Verdict},
    },
    testkit::{CapturingMailer, Scene, grant, memory::MemoryStore},
};

use crate::{limiter::Limiter, telemetry::catalogue::SWEEP_PROGRESS};

use super::*;

/// Remembers the names of the units that it ran.
#[derive(Default)]
struct Recording {
    store: MemoryStore,
    units: Mutex<Vec<&'static str>>,
}

impl Recording {
    fn units_of(&self, name: &str) -> usize {
        let units = self.units.lock().unwrap_or_else(PoisonError::into_inner);
        units.iter().filter(|unit| **unit == name).count()
    }
}

impl Store for Recording {
    fn run(
        &self,
        unit: Unit,
        work: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        self.units.lock().unwrap_or_else(PoisonError::into_inner).push(unit.name);
        self.store.run(unit, work)
    }

    fn run_counted(
        &self,
        unit: Unit,
        counting: &Counting<'_>,
        work: &mut CountedWork<'_>,
    ) -> Result<(), StoreError> {
        self.store.run_counted(unit, counting, work)
    }

    fn check(&self, clock: &dyn Clock) -> Result<ClockReading, StoreError> {
        self.store.check(clock)
    }

    fn writes_in_parallel(&self) -> bool {
        self.store.writes_in_parallel()
    }
}

/// A mailer that stops the worker after the last mail.
struct StopAfter {
    mails: usize,
    sent: CapturingMailer,
    stop: CancellationToken,
}

impl Mailer for StopAfter {
    fn send<'a>(&'a self, mail: &'a InvitationMail) -> SendFuture<'a> {
        let sending = self.sent.send(mail);
        Box::pin(async move {
            sending.await?;
            if self.sent.sent().len() == self.mails {
                self.stop.cancel();
            }
            Ok(())
        })
    }
}

/// A worker that sends one mail at a time and polls once an hour, and its store, which has `mails` mails to send.
fn worker(mails: usize, stop: &CancellationToken) -> (Arc<Recording>, Worker) {
    let recording = Arc::new(Recording::default());
    let scene = Scene::builder().store(Arc::clone(&recording) as _).build();
    scene.invite_guests(mails);
    let units = Units {
        store: scene.store,
        env: scene.env,
        limiter: Limiter::new(4),
        budget: Duration::from_secs(30),
    };
    let mailer = StopAfter { mails, sent: CapturingMailer::default(), stop: stop.clone() };
    let settings =
        WorkerSettings { concurrency: 1, slow_concurrency: 0, poll_interval: Duration::from_hours(1) };
    (recording, Worker::new(units, Arc::new(mailer), settings, Arc::default()))
}

fn assert_swept_once(store: &Recording, mails: usize) {
    assert!(store.units_of("delivery.claim") >= mails, "mails are claimed one by one");
    assert_eq!(store.units_of("delivery.settle"), mails);
    assert_eq!((store.units_of("sweep.turn"), store.units_of("sweep.end")), (1, 1));
}

#[tokio::test]
async fn a_sweep_runs_beside_the_deliveries() {
    let stop = CancellationToken::new();
    let (store, worker) = worker(5, &stop);
    worker.run(stop).await;
    assert_swept_once(&store, 5);
}

#[tokio::test]
async fn draining_sweeps_once() {
    let (store, mut worker) = worker(5, &CancellationToken::new());
    worker.drain().await;
    assert_swept_once(&store, 5);
}

/// The latest stamp of all processes tells whether anybody sweeps, so a process that waits for another one's lease sets none.
#[tokio::test]
async fn only_the_process_that_sweeps_stamps_its_progress() {
    let recorder = DebuggingRecorder::new();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let stamped = || {
        let shown = recorder.snapshotter().snapshot().into_vec();
        shown.iter().any(|(key, ..)| key.key().name() == SWEEP_PROGRESS)
    };
    let (store, mut worker) = worker(0, &CancellationToken::new());
    let now = worker.units.env.now();
    let lease_of_another = |until| {
        let token = LeaseToken::parse(&"a".repeat(22)).unwrap();
        let store: &dyn Store = store.as_ref();
        assert!(store.write("lease", |tx| tx.take_lease(LeasedWork::Sweep, &token, now, until)).unwrap());
    };
    lease_of_another(now + TimeDelta::seconds(30));
    worker.drain().await;
    assert!(!stamped());
    lease_of_another(now);
    worker.drain().await;
    assert!(stamped());
}

/// A mailer whose mails to `slow.example` take until the worker stops. The others stop it after the last mail.
struct SlowHost {
    sent: StopAfter,
}

impl Mailer for SlowHost {
    fn send<'a>(&'a self, mail: &'a InvitationMail) -> SendFuture<'a> {
        if mail.to.domain() != "slow.example" {
            return self.sent.send(mail);
        }
        Box::pin(async move {
            self.sent.stop.cancelled().await;
            Ok(())
        })
    }
}

fn units(scene: &Scene) -> Units {
    Units {
        store: Arc::clone(&scene.store),
        env: scene.env.clone(),
        limiter: Limiter::new(4),
        budget: Duration::from_secs(30),
    }
}

#[tokio::test(start_paused = true)]
async fn slow_recipients_do_not_hold_the_places_of_others() {
    let scene = Scene::new();
    for number in 0..12 {
        scene.invite(&scene.admin(), &format!("guest{number}@slow.example"), &["Auditor"]).unwrap();
    }
    scene.invite_guests(20);
    let stop = CancellationToken::new();
    let sent = StopAfter { mails: 20, sent: CapturingMailer::default(), stop: stop.clone() };
    let settings =
        WorkerSettings { concurrency: 2, slow_concurrency: 4, poll_interval: Duration::from_secs(1) };
    let worker = Worker::new(units(&scene), Arc::new(SlowHost { sent }), settings, Arc::default());
    let began = Instant::now();
    worker.run(stop).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn many_mails_of_one_account_do_not_delay_a_mail_of_another() {
    let scene = Scene::new();
    scene.invite_guests(300);
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    let ann = scene.actor("upside", "ann@example.com");
    scene.clock.advance(TimeDelta::seconds(1));
    scene.invite(&ann, "single@example.com", &["user"]).unwrap();
    let mailer = Arc::new(CapturingMailer::default());
    let settings =
        WorkerSettings { concurrency: 1, slow_concurrency: 0, poll_interval: Duration::from_hours(1) };
    Worker::new(units(&scene), Arc::clone(&mailer) as _, settings, Arc::default()).drain().await;
    let sent = mailer.sent();
    let place = sent.iter().position(|mail| mail.to.as_str() == "single@example.com");
    assert_eq!((sent.len(), place), (301, Some(1)), "each account gets its turn");
}

/// Every poll of an idle worker is one unit, and so is every turn of its sweeper.
#[tokio::test(start_paused = true)]
async fn an_idle_worker_runs_at_most_one_unit_a_second() {
    let (store, worker) = worker(0, &CancellationToken::new());
    let worker = Worker { poll_interval: Duration::from_secs(1), ..worker };
    let stop = CancellationToken::new();
    let count = || store.units.lock().unwrap_or_else(PoisonError::into_inner).len();
    let before = count();
    let running = tokio::spawn(worker.run(stop.clone()));
    sleep(Duration::from_mins(2)).await;
    stop.cancel();
    running.await.unwrap();
    let units = count() - before;
    assert!((60..=120).contains(&units), "{units} units in 120 seconds");
}

/// A relay that rejects whole queues for a while, in words of its own or as if every recipient were unknown. The mails that it
/// accepts before and after that must not make its rejections final.
#[tokio::test]
async fn a_relay_that_rejects_everything_for_a_while_ends_no_mail() {
    let reason = || "550".to_owned();
    for refusal in [SendError::Refused { reason: reason() }, SendError::Permanent { reason: reason() }] {
        for concurrency in [1, 4] {
            let relay = Relay::new();
            let mut worker = relay.worker(concurrency);
            relay.invite(5);
            worker.drain().await;
            relay.inner.fail_with(Some(refusal.clone()));
            relay.invite(40);
            for _ in 0..60 {
                worker.drain().await;
                relay.scene.clock.advance(TimeDelta::seconds(1));
            }
            assert_eq!((relay.count(MailState::Dead), relay.count(MailState::Relayed)), (0, 5));
            relay.inner.fail_with(None);
            for _ in 0..3 {
                relay.scene.clock.advance(TimeDelta::minutes(15));
                worker.drain().await;
            }
            assert_eq!(relay.count(MailState::Relayed), 45);
        }
    }
}

/// More bad addresses in a row than deliveries at a time.
#[tokio::test]
async fn bad_addresses_among_good_ones_are_given_up_after_one_attempt() {
    for concurrency in [1, 4] {
        let relay = Relay::new();
        relay.invite(5);
        relay.invite_bad(20);
        relay.invite(5);
        relay.worker(concurrency).drain().await;
        assert_eq!((relay.count(MailState::Dead), relay.count(MailState::Relayed)), (20, 10));
        assert_eq!(relay.attempts(), 20, "one for each bad address");
    }
}

#[tokio::test]
async fn a_bad_address_alone_is_given_up_when_it_is_rejected_again_later() {
    let relay = Relay::new();
    relay.invite_bad(1);
    let mut worker = relay.worker(1);
    let began = relay.scene.clock.now();
    while relay.count(MailState::Dead) == 0 {
        worker.drain().await;
        relay.scene.clock.advance(TimeDelta::seconds(1));
    }
    let lasted = relay.scene.clock.now() - began;
    assert!(lasted >= CONFIRMED_AFTER && lasted < CONFIRMED_AFTER * 2, "{lasted}");
    assert!((5..=10).contains(&relay.attempts()), "{}", relay.attempts());
}

/// The worker stops while it does not know yet whether a rejection is final. The mail keeps no lease.
#[tokio::test(start_paused = true)]
async fn a_worker_that_stops_leaves_no_rejection_behind() {
    let relay = Relay::new();
    relay.invite(2);
    relay.invite_bad(1);
    let stop = CancellationToken::new();
    let running = tokio::spawn(relay.worker(1).run(stop.clone()));
    sleep(Duration::from_millis(100)).await;
    assert_eq!(relay.attempts(), 0, "the rejection waits for a witness");
    stop.cancel();
    running.await.unwrap();
    let mails = relay.mails();
    assert_eq!(mails[2].state, MailState::Queued);
    assert_eq!((mails[2].attempts, &mails[2].lease), (1, &None));
}

/// No other mail decides about a rejection: the worker records it in time by itself, however rarely it polls.
#[tokio::test(start_paused = true)]
async fn a_rejection_does_not_wait_for_the_next_poll() {
    let relay = Relay::new();
    relay.invite(2);
    relay.invite_bad(1);
    let stop = CancellationToken::new();
    let running = tokio::spawn(relay.worker(1).run(stop.clone()));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(relay.attempts(), 0);
    relay.scene.clock.advance(WITNESS_SPAN);
    sleep(WITNESS_SPAN.to_std().unwrap()).await;
    assert_eq!(relay.attempts(), 1);
    stop.cancel();
    running.await.unwrap();
}

/// A relay that rejects the recipients whose addresses begin with `bad`, and takes a millisecond for each mail.
#[derive(Clone)]
struct Relay {
    scene: Arc<Scene>,
    inner: Arc<CapturingMailer>,
}

impl Mailer for Relay {
    fn send<'a>(&'a self, mail: &'a InvitationMail) -> SendFuture<'a> {
        Box::pin(async move {
            self.scene.clock.advance(TimeDelta::milliseconds(1));
            let is_bad = mail.to.as_str().starts_with("bad");
            let sent = if is_bad {
                Err(SendError::Permanent { reason: "550 5.1.1 unknown".to_owned() })
            } else {
                self.inner.send(mail).await
            };
            // The others begin in the meantime.
            tokio::task::yield_now().await;
            self.scene.clock.advance(TimeDelta::milliseconds(1));
            sent
        })
    }
}

impl Relay {
    fn new() -> Self {
        Self { scene: Arc::new(Scene::new()), inner: Arc::default() }
    }

    fn worker(&self, concurrency: usize) -> Worker {
        let settings =
            WorkerSettings { concurrency, slow_concurrency: 0, poll_interval: Duration::from_hours(1) };
        Worker::new(units(&self.scene), Arc::new(self.clone()), settings, Arc::default())
    }

    fn invite(&self, count: usize) {
        self.invite_named("good", count);
    }

    fn invite_bad(&self, count: usize) {
        self.invite_named("bad", count);
    }

    fn invite_named(&self, name: &str, count: usize) {
        for number in self.mails().len()..self.mails().len() + count {
            let address = format!("{name}{number}@example.com");
            self.scene.invite(&self.scene.admin(), &address, &["Auditor"]).unwrap();
        }
    }

    /// All mails, the oldest first.
    fn mails(&self) -> Vec<Mail> {
        let filter = MailFilter { account: None, state: None, limit: 1000 };
        let mut mails = self.scene.read(|tx| tx.mails(&filter));
        mails.reverse();
        mails
    }

    fn count(&self, state: MailState) -> usize {
        self.mails().iter().filter(|mail| mail.state == state).count()
    }

    /// Counted attempts at mails that were not relayed.
    fn attempts(&self) -> u32 {
        let open = self.mails().into_iter().filter(|mail| mail.state != MailState::Relayed);
        open.map(|mail| mail.attempts).sum()
    }
}
