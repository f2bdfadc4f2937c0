//! Usher's application services: everything between the edges and the use cases.
//!
//! What belongs here: admission control, batches, units of work, idempotency, write limits, passwords, the delivery
//! worker. What does not: HTTP, SQL, SMTP, key material; and rules, which belong to the domain. Edges, the command line
//! and the worker call [`App`] and nothing below it. Only this crate decides whether a request is batched, how many
//! batches run at once, and how long anything waits.
//!
//! The path of a write: a service of the façade such as [`InvitationService`] → `operation::write` → `batch` → one
//! unit of work → the use case.
//!
//! To add an operation: a unit struct that implements `WriteOperation` or `ReadOperation`, next to its service, and a
//! method of the service. To add a service: a file of its own, and a field of [`App`].

mod batch;
mod call;
mod context;
mod health;
mod idempotency;
mod invitations;
mod limiter;
mod links;
mod load;
mod mail_queue;
mod operation;
mod operators;
mod passwords;
mod progress;
mod recent_callers;
mod sessions;
pub mod telemetry;
mod units;
mod worker;

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use tokio::sync::Notify;
use usher_domain::{
    Timestamp,
    env::Env,
    port::{Authenticator, Mailer, PasswordHasher, RequestFingerprints, Store, TokenSigner},
};

pub use call::{Call, InAccount, LinkCaller, Outcome, Query, Rejection, Render, Reply};
pub use context::RequestContext;
pub use health::{Health, HealthSettings, NotReady};
pub use idempotency::IdempotencyKey;
pub use invitations::InvitationService;
pub use links::{LinkPage, LinkService};
pub use load::forget_backlog;
pub use mail_queue::MailQueue;
pub use operators::{ListedAccessToken, Operators};
pub use passwords::{PasswordError, PasswordRules, PasswordService, PersonalWords, UnsuitablePassword};
pub use sessions::Sessions;
pub use worker::{Worker, WorkerSettings};

use idempotency::IdempotencyGuard;
use limiter::Limiter;
use units::Units;

/// The adapters behind the application's ports.
#[derive(Clone)]
pub struct Adapters {
    /// Where everything is stored.
    pub store: Arc<dyn Store>,
    /// Clock, entropy, link keys and policy.
    pub env: Env,
    /// Verifies bearer tokens.
    pub authenticator: Arc<dyn Authenticator>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Signs Usher's own tokens.
    pub signer: Arc<dyn TokenSigner>,
    /// Fingerprints requests with an idempotency key.
    pub fingerprints: Arc<dyn RequestFingerprints>,
}

/// Limits of concurrency, waiting times and token lifetimes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Units of work at once: as many as the database has connections.
    pub units: usize,
    /// How long a request may wait in total before its work begins.
    pub budget: Duration,
    /// Passwords that are hashed at once.
    pub passwords: usize,
    /// What a password must fulfil when it is set.
    pub password_rules: PasswordRules,
    /// Maximum lifetime of a token that is issued at sign-in.
    pub token_lifetime: TimeDelta,
}

/// The application. Cheap to share behind an [`Arc`].
#[derive(Debug)]
pub struct App {
    units: Units,
    guard: IdempotencyGuard,
    invitations: InvitationService,
    links: LinkService,
    sessions: Sessions,
    passwords: PasswordService,
    operators: Operators,
    mail_queue: MailQueue,
    health: Health,
    mail_queued: Arc<Notify>,
}

impl App {
    /// Wires the services. If this is called on a Tokio runtime, batches run there.
    #[must_use]
    pub fn new(adapters: Adapters, limits: Limits) -> Self {
        let Adapters { store, env, authenticator, hasher, signer, fingerprints } = adapters;
        let units = Units { store, env, limiter: Limiter::new(limits.units), budget: limits.budget };
        let guard = IdempotencyGuard::new(Arc::clone(&fingerprints));
        let (recent, mail_queued) = (Arc::default(), Arc::new(Notify::new()));
        Self {
            invitations: InvitationService::new(&units, &guard, &recent, &mail_queued),
            links: LinkService::new(&units, &guard, &mail_queued),
            sessions: Sessions::new(&units, authenticator, signer, limits.token_lifetime),
            passwords: PasswordService::new(
                &units,
                hasher,
                limits.passwords,
                limits.password_rules,
                fingerprints,
            ),
            operators: Operators::new(&units),
            mail_queue: MailQueue::new(&units),
            health: health(&units, HealthSettings::default()),
            mail_queued,
            guard,
            units,
        }
    }

    /// The invitations of accounts, for their members.
    #[must_use]
    pub const fn invitations(&self) -> &InvitationService {
        &self.invitations
    }

    /// What the holder of a link can do.
    #[must_use]
    pub const fn links(&self) -> &LinkService {
        &self.links
    }

    /// Callers and tokens.
    #[must_use]
    pub const fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Passwords.
    #[must_use]
    pub const fn passwords(&self) -> &PasswordService {
        &self.passwords
    }

    /// The operations for operators.
    #[must_use]
    pub const fn operators(&self) -> &Operators {
        &self.operators
    }

    /// The mail queue, for operators.
    #[must_use]
    pub const fn mail_queue(&self) -> &MailQueue {
        &self.mail_queue
    }

    /// The current moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.units.env.now()
    }

    /// What use cases need besides the store.
    #[must_use]
    pub const fn env(&self) -> &Env {
        &self.units.env
    }

    /// The idempotency key of a request whose parts, such as method, path, query and body, are these.
    #[must_use]
    pub fn idempotency_key(&self, text: String, parts: &[&[u8]]) -> IdempotencyKey {
        self.guard.key(text, parts)
    }

    /// Readiness and liveness.
    #[must_use]
    pub const fn health(&self) -> &Health {
        &self.health
    }

    /// The same application with other limits of readiness.
    #[must_use]
    pub fn with_health(mut self, settings: HealthSettings) -> Self {
        self.health = health(&self.units, settings);
        self
    }

    /// Records the gauges of permits and batches. It reads memory only.
    pub fn record_load(&self) {
        load::record_permits("units", self.units.limiter.load());
        load::record_permits("password_hashing", self.passwords.load());
        self.invitations.load().into_iter().chain(self.links.load()).for_each(load::record_batches);
    }

    /// Records the gauges of what waits in the store. This is one unit of work, which waits for a permit as a request does.
    /// If it fails, the gauges have no value.
    pub async fn record_backlog(&self) {
        load::record_backlog(&self.units).await;
    }

    /// The delivery worker. It wakes when this application queues a mail.
    #[must_use]
    pub fn worker(&self, mailer: Arc<dyn Mailer>, settings: WorkerSettings) -> Worker {
        Worker::new(self.units.clone(), mailer, settings, Arc::clone(&self.mail_queued))
    }
}

fn health(units: &Units, settings: HealthSettings) -> Health {
    let (store, clock) = (Arc::clone(&units.store), Arc::clone(&units.env.clock));
    Health::new(store, clock, units.limiter.progress().clone(), settings)
}
