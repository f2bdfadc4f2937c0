//! What use cases need besides the store: clock, entropy, link keys and the deployment's policy.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::{
    Timestamp,
    idempotency::RETENTION,
    outbox::{MailLimits, RetryPolicy},
    port::{Clock, Entropy, LinkKeys},
    sign_in::SignInLimits,
};

/// The rules that a deployment sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The URL at which invitees reach this server, without a trailing slash. Every link begins with it.
    pub public_url: String,
    /// Minimum time between two mails of one invitation.
    pub resend_interval: TimeDelta,
    /// Landscape's own rule: a signed-in holder of the link accepts without proof of the mailbox.
    pub accept_by_possession: bool,
    /// Maximum writes of one person in an hour. 0 for no limit.
    pub writes_per_hour: u32,
    /// How many mails may be queued.
    pub mail_limits: MailLimits,
    /// How many failed logins delay further ones.
    pub sign_in_limits: SignInLimits,
    /// When failed deliveries are retried.
    pub retry: RetryPolicy,
    /// How long data is kept.
    pub retention: Retention,
}

/// How long data is kept; `None` for ever. The sweep removes what is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Address, name and locale of an invitation, after its end.
    pub invitations: Option<TimeDelta>,
    /// Mails that are not queued, after their creation.
    pub mails: Option<TimeDelta>,
    /// Entries of the audit log.
    pub audit_events: Option<TimeDelta>,
    /// Answers to requests with an idempotency key. They are returned no longer than that.
    pub idempotency_keys: TimeDelta,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            invitations: Some(TimeDelta::days(180)),
            mails: Some(TimeDelta::days(90)),
            audit_events: Some(TimeDelta::days(400)),
            idempotency_keys: RETENTION,
        }
    }
}

/// What use cases need besides the store.
#[derive(Clone)]
pub struct Env {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Derives link keys.
    pub keys: Arc<dyn LinkKeys>,
    /// The rules of this deployment.
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
