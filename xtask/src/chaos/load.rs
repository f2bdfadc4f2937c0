//! A load of creations over all processes that answer.

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

use super::{
    account::{self, Account},
    http::Answer,
    ledger::Outcome,
    wait::{self, pause},
};
use crate::shell::Failure;

/// Clients, each with one request under way.
const CLIENTS: u64 = 8;

/// Creations asked for in a second: above the 100 that are to be accepted, because some meet a process that is down.
const RATE: f64 = 160.0;

/// Longest time until creations are accepted again.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the clients share.
pub(super) struct Load {
    account: Account,
    addresses: Vec<SocketAddr>,
    begun: Instant,
    next: AtomicU64,
    acknowledged: AtomicU64,
    over: AtomicBool,
    answers: Mutex<BTreeMap<String, Outcome>>,
}

impl Load {
    pub(super) fn new(account: &Account, addresses: Vec<SocketAddr>) -> Self {
        Self {
            account: account.clone(),
            addresses,
            begun: Instant::now(),
            next: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            over: AtomicBool::new(false),
            answers: Mutex::default(),
        }
    }

    pub(super) fn start<'l>(&'l self, scope: &'l Scope<'l, '_>) {
        for _ in 0..CLIENTS {
            scope.spawn(|| self.client());
        }
    }

    /// Lets the clients end; they do when what is under way was answered.
    pub(super) fn stop(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Waits until so many more creations were acknowledged.
    pub(super) fn await_more(&self, more: u64) -> Result<(), Failure> {
        let enough = self.acknowledged.load(Ordering::Relaxed) + more;
        wait::until("creations are not accepted any more", PATIENCE, || {
            Ok((self.acknowledged.load(Ordering::Relaxed) >= enough).then_some(()))
        })
    }

    /// Acknowledged creations in a second, so far.
    pub(super) fn rate(&self) -> f64 {
        let count = u32::try_from(self.acknowledged.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        f64::from(count) / self.begun.elapsed().as_secs_f64()
    }

    pub(super) fn into_answers(self) -> BTreeMap<String, Outcome> {
        self.answers.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn client(&self) {
        while !self.over.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            self.await_time_of(number);
            let email = format!("guest{number}@example.com");
            if let Some(outcome) = account::outcome(&self.ask(number, &email)) {
                if matches!(outcome, Outcome::Acknowledged(_)) {
                    self.acknowledged.fetch_add(1, Ordering::Relaxed);
                }
                self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(email, outcome);
            }
        }
    }

    /// Asks the processes in turn until one is there. An address is asked for once: who was not answered stays unknown.
    fn ask(&self, number: u64, email: &str) -> Answer {
        let first = usize::try_from(number).unwrap_or_default();
        let turns = (first..).take(self.addresses.len()).map(|turn| turn % self.addresses.len());
        let mut answers =
            turns.filter_map(|turn| Some(self.account.invite(*self.addresses.get(turn)?, email)));
        answers.find(|answer| *answer != Answer::Unsent).unwrap_or_else(|| {
            // Nobody is there: no reason to ask without a pause.
            thread::yield_now();
            Answer::Unsent
        })
    }

    /// Requests are spread evenly, whatever the answers take.
    fn await_time_of(&self, number: u64) {
        let due = f64::from(u32::try_from(number).unwrap_or(u32::MAX)) / RATE;
        let due = self.begun + Duration::from_secs_f64(due);
        let left = due.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            pause(left.min(Duration::from_secs(1)));
        }
    }
}
