//! What every use case needs besides the store: clock, entropy, link keys and the deployment's policy.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::{
    Timestamp,
    outbox::RetryPolicy,
    port::{Clock, Entropy, LinkKeys},
};

/// What a deployment decides about invitations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Where invitees reach this service, without a trailing slash. Links are built from nothing else.
    pub public_url: String,
    /// Least time between two mails of one invitation.
    pub resend_interval: TimeDelta,
    /// Landscape's own rule: whoever is signed in and holds the link accepts, without proof of the mailbox.
    pub accept_by_possession: bool,
    /// Most writes of one person in an hour; 0 for no limit.
    pub writes_per_hour: u32,
    /// When failed mails are tried again.
    pub retry: RetryPolicy,
}

/// The world as the use cases see it.
#[derive(Clone)]
pub struct Env {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Derives the keys of links.
    pub keys: Arc<dyn LinkKeys>,
    /// What the deployment decided.
    pub policy: Policy,
}

impl Env {
    /// The current moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Env").field("policy", &self.policy).finish_non_exhaustive()
    }
}
