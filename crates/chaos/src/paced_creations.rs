use std::{
    net::SocketAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, Scope},
    time::{Duration, Instant},
};

use crate::{
    account::{InvitingAccount, creation_outcome},
    history::CreationOutcome,
    http::HttpOutcome,
    relay::BAD,
    wait::pause,
};

/// Clients, each with one request under way.
const CLIENTS: u64 = 4;

/// A creation and its response.
#[derive(Debug, Clone)]
pub(crate) struct Creation {
    pub(crate) email: String,
    pub(crate) response: HttpOutcome,
    /// When the response was there.
    pub(crate) at: Instant,
}

impl Creation {
    /// Whether the relay refuses the recipient.
    pub(crate) fn is_bad(&self) -> bool {
        self.email.starts_with(BAD)
    }

    pub(crate) fn outcome(&self) -> CreationOutcome {
        creation_outcome(&self.response).unwrap_or(CreationOutcome::Unknown)
    }

    pub(crate) fn is_acknowledged(&self) -> bool {
        matches!(self.outcome(), CreationOutcome::Acknowledged(_))
    }
}

/// A light, even load of creations on one process.
pub(crate) struct PacedCreations {
    account: InvitingAccount,
    address: SocketAddr,
    /// The beginning of the addresses.
    name: String,
    rate: f64,
    /// One of so many addresses is bad; 0 for none.
    bad_one_in: u64,
    started: Instant,
    next: AtomicU64,
    is_over: AtomicBool,
    creations: Mutex<Vec<Creation>>,
}

impl PacedCreations {
    pub(crate) fn new(account: &InvitingAccount, address: SocketAddr, name: &str, rate: f64) -> Self {
        Self {
            account: account.clone(),
            address,
            name: name.to_owned(),
            rate,
            bad_one_in: 0,
            started: Instant::now(),
            next: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
            creations: Mutex::default(),
        }
    }

    pub(crate) fn with_one_bad_in(self, bad_one_in: u64) -> Self {
        Self { bad_one_in, ..self }
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

    pub(crate) fn start<'l>(&'l self, scope: &'l Scope<'l, '_>) {
        for _ in 0..CLIENTS {
            scope.spawn(|| self.run_client());
        }
    }

    /// Ends the clients after their current requests.
    pub(crate) fn stop(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    pub(crate) fn into_creations(self) -> Vec<Creation> {
        self.creations.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_client(&self) {
        while !self.is_over.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let offset = f64::from(u32::try_from(number).unwrap_or(u32::MAX)) / self.rate;
            let due = self.started + Duration::from_secs_f64(offset);
            pause(due.saturating_duration_since(Instant::now()));
            let bad = if self.bad_one_in > 0 && number.is_multiple_of(self.bad_one_in) { BAD } else { "" };
            let creation =
                create(&self.account, self.address, format!("{bad}{}{number}@example.com", self.name));
            self.creations.lock().unwrap_or_else(PoisonError::into_inner).push(creation);
        }
    }
}

/// Creates invitations of bad addresses, one right after the other.
pub(crate) fn create_bad(
    account: &InvitingAccount,
    address: SocketAddr,
    name: &str,
    count: u32,
) -> Vec<Creation> {
    (0..count).map(|number| create(account, address, format!("{BAD}{name}row{number}@example.com"))).collect()
}

fn create(account: &InvitingAccount, address: SocketAddr, email: String) -> Creation {
    let response = account.invite(address, &email);
    Creation { email, response, at: Instant::now() }
}
