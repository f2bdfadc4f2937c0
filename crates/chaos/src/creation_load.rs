//! A load of creations on all serving processes.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, Scope},
    time::{Duration, Instant},
};

use usher_tooling::Failure;

use crate::{
    account::{InvitingAccount, creation_outcome},
    history::CreationOutcome,
    http::HttpOutcome,
    journal::Journal,
    wait::{self, pause},
};

/// Clients, each with one request under way.
const CLIENTS: u64 = 8;

/// Requests per second. The rate is above the required 100 acknowledged creations, because some requests reach a killed
/// process.
const RATE: f64 = 160.0;

/// The longest time until creations are acknowledged again.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The state that the clients share.
pub(crate) struct CreationLoad {
    account: InvitingAccount,
    addresses: Vec<SocketAddr>,
    started: Instant,
    next: AtomicU64,
    acknowledged: AtomicU64,
    is_over: AtomicBool,
    outcomes: Mutex<BTreeMap<String, CreationOutcome>>,
    journal: Journal,
}

impl CreationLoad {
    pub(crate) fn new(account: &InvitingAccount, addresses: Vec<SocketAddr>) -> Self {
        Self {
            account: account.clone(),
            addresses,
            started: Instant::now(),
            next: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
            outcomes: Mutex::default(),
            journal: Journal::default(),
        }
    }

    pub(crate) fn start<'l>(&'l self, scope: &'l Scope<'l, '_>) {
        for _ in 0..CLIENTS {
            scope.spawn(|| self.run_client());
        }
    }

    /// Ends the clients after their current requests.
    pub(crate) fn stop(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Waits until `more` further creations are acknowledged.
    pub(crate) fn await_more(&self, more: u64) -> Result<(), Failure> {
        let enough = self.acknowledged.load(Ordering::Relaxed) + more;
        wait::until("further acknowledged creations", TIMEOUT, || {
            Ok((self.acknowledged.load(Ordering::Relaxed) >= enough).then_some(()))
        })
    }

    /// Acknowledged creations per second so far.
    pub(crate) fn rate(&self) -> f64 {
        let count = u32::try_from(self.acknowledged.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        f64::from(count) / self.started.elapsed().as_secs_f64()
    }

    /// All responses so far, with their times.
    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The outcomes of all creations, by email address.
    pub(crate) fn into_outcomes(self) -> BTreeMap<String, CreationOutcome> {
        self.outcomes.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_client(&self) {
        while !self.is_over.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            self.await_due_time(number);
            let email = format!("guest{number}@example.com");
            let sent = Instant::now();
            let response = self.create(number, &email);
            self.journal.record(sent, &response);
            if let Some(outcome) = creation_outcome(&response) {
                if matches!(outcome, CreationOutcome::Acknowledged(_)) {
                    self.acknowledged.fetch_add(1, Ordering::Relaxed);
                }
                self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).insert(email, outcome);
            }
        }
    }

    /// Tries the processes in turn until one takes the request. A request that was sent is never repeated: without a response,
    /// its outcome stays unknown.
    fn create(&self, number: u64, email: &str) -> HttpOutcome {
        let first = usize::try_from(number).unwrap_or_default();
        let turns = (first..).take(self.addresses.len()).map(|turn| turn % self.addresses.len());
        let mut outcomes =
            turns.filter_map(|turn| Some(self.account.invite(*self.addresses.get(turn)?, email)));
        outcomes.find(|outcome| *outcome != HttpOutcome::NotSent).unwrap_or_else(|| {
            // No process is up: let other threads work before the next attempt.
            thread::yield_now();
            HttpOutcome::NotSent
        })
    }

    /// Spreads the requests evenly, however long the responses take.
    fn await_due_time(&self, number: u64) {
        let offset = f64::from(u32::try_from(number).unwrap_or(u32::MAX)) / RATE;
        let due = self.started + Duration::from_secs_f64(offset);
        let left = due.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            pause(left.min(Duration::from_secs(1)));
        }
    }
}
