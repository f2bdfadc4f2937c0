//! A load of creations on serving processes.

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
    relay::BAD,
    wait::{self, pause},
};

/// Clients, each with one request under way.
const CLIENTS: u64 = 8;

/// Requests per second, unless the scenario chooses another rate. It is above the required 100 acknowledged creations, because some
/// requests reach a killed process.
const RATE: f64 = 160.0;

/// The longest time until creations are acknowledged again.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A creation and its response.
#[derive(Debug, Clone)]
pub(crate) struct Creation {
    pub(crate) email: String,
    pub(crate) response: HttpOutcome,
    /// When the response was there.
    pub(crate) at: Instant,
}

impl Creation {
    pub(crate) fn send(account: &InvitingAccount, address: SocketAddr, email: String) -> Self {
        let response = account.invite(address, &email);
        Self { email, response, at: Instant::now() }
    }

    /// Whether the relay refuses the recipient.
    pub(crate) fn is_bad(&self) -> bool {
        self.email.starts_with(BAD)
    }

    pub(crate) fn is_acknowledged(&self) -> bool {
        matches!(creation_outcome(&self.response), Some(CreationOutcome::Acknowledged(_)))
    }
}

/// The outcomes of creations that were sent, by address.
pub(crate) fn outcomes<'c>(
    creations: impl IntoIterator<Item = &'c Creation>,
) -> BTreeMap<String, CreationOutcome> {
    let outcome = |creation: &Creation| Some((creation.email.clone(), creation_outcome(&creation.response)?));
    creations.into_iter().filter_map(outcome).collect()
}

/// The state that the clients share.
pub(crate) struct CreationLoad {
    account: InvitingAccount,
    addresses: Vec<SocketAddr>,
    /// The beginning of the invited addresses.
    name: String,
    rate: f64,
    /// One of so many invited addresses is bad; 0 for none.
    bad_one_in: u64,
    started: Instant,
    next: AtomicU64,
    acknowledged: AtomicU64,
    is_over: AtomicBool,
    creations: Mutex<Vec<Creation>>,
    journal: Journal,
}

impl CreationLoad {
    pub(crate) fn new(account: &InvitingAccount, addresses: Vec<SocketAddr>) -> Self {
        Self {
            account: account.clone(),
            addresses,
            name: "guest".to_owned(),
            rate: RATE,
            bad_one_in: 0,
            started: Instant::now(),
            next: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
            creations: Mutex::default(),
            journal: Journal::default(),
        }
    }

    /// With another rate, and with addresses that begin with a name.
    pub(crate) fn paced(self, name: &str, rate: f64) -> Self {
        Self { name: name.to_owned(), rate, ..self }
    }

    pub(crate) fn with_one_bad_in(self, bad_one_in: u64) -> Self {
        Self { bad_one_in, ..self }
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

    /// Creates for this long, and returns all creations.
    pub(crate) fn run_for(self, time: Duration) -> Vec<Creation> {
        thread::scope(|scope| {
            self.start(scope);
            pause(time);
            self.stop();
        });
        self.into_creations()
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

    pub(crate) fn into_creations(self) -> Vec<Creation> {
        self.creations.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The outcomes of all creations, by address.
    pub(crate) fn into_outcomes(self) -> BTreeMap<String, CreationOutcome> {
        outcomes(&self.into_creations())
    }

    fn run_client(&self) {
        while !self.is_over.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            self.await_due_time(number);
            let sent = Instant::now();
            let creation = self.create(number);
            self.journal.record(sent, &creation.response);
            if creation.is_acknowledged() {
                self.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            self.creations.lock().unwrap_or_else(PoisonError::into_inner).push(creation);
        }
    }

    /// Tries the processes in turn until one takes the request. A request that was sent is never repeated: without a response,
    /// its outcome stays unknown.
    fn create(&self, number: u64) -> Creation {
        let bad = if self.bad_one_in > 0 && number.is_multiple_of(self.bad_one_in) { BAD } else { "" };
        let email = format!("{bad}{}{number}@example.com", self.name);
        let first = usize::try_from(number).unwrap_or_default();
        let turns = (first..).take(self.addresses.len()).map(|turn| turn % self.addresses.len());
        let mut outcomes =
            turns.filter_map(|turn| Some(self.account.invite(*self.addresses.get(turn)?, &email)));
        let sent = outcomes.find(|outcome| *outcome != HttpOutcome::NotSent);
        let response = sent.unwrap_or_else(|| {
            // No process is up: let other threads work before the next attempt.
            thread::yield_now();
            HttpOutcome::NotSent
        });
        Creation { email, response, at: Instant::now() }
    }

    /// Spreads the requests evenly, however long the responses take.
    fn await_due_time(&self, number: u64) {
        let offset = f64::from(u32::try_from(number).unwrap_or(u32::MAX)) / self.rate;
        let due = self.started + Duration::from_secs_f64(offset);
        let left = due.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            pause(left.min(Duration::from_secs(1)));
        }
    }
}
