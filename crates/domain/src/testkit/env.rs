use std::sync::Arc;

use chrono::TimeDelta;

use super::{FixedClock, PlainKeys, SeededEntropy};
use crate::{
    env::{Env, Policy},
    outbox::RetryPolicy,
};

/// Landscape's term, one minute between mails, proof of the mailbox demanded.
#[must_use]
pub fn policy() -> Policy {
    Policy {
        public_url: "https://usher.example.com".to_owned(),
        validity: TimeDelta::days(14),
        resend_interval: TimeDelta::seconds(60),
        accept_by_possession: false,
        retry: RetryPolicy::default(),
    }
}

/// A world that stands still, and the clock that moves it.
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
