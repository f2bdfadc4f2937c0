use std::sync::Arc;

use chrono::TimeDelta;

use super::{FixedClock, PlainKeys, SeededEntropy};
use crate::{
    env::{Env, Policy, Retention},
    outbox::{MailLimits, RetryPolicy},
    sign_in::SignInLimits,
};

/// One minute between mails, proof of the mailbox required, no write limit, and otherwise the defaults.
#[must_use]
pub fn policy() -> Policy {
    Policy {
        public_url: "https://usher.example.com".to_owned(),
        resend_interval: TimeDelta::seconds(60),
        accept_by_possession: false,
        writes_per_hour: 0,
        mail_limits: MailLimits::default(),
        sign_in_limits: SignInLimits::default(),
        retry: RetryPolicy::default(),
        retention: Retention::default(),
    }
}

/// An environment with a fixed clock, seeded randomness and [`PlainKeys`], and its clock.
#[must_use]
pub fn env() -> (Env, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::default());
    let env = Env {
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::default()),
        keys: Arc::new(PlainKeys),
        policy: policy(),
    };
    (env, clock)
}
