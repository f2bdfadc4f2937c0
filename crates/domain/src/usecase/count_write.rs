//! Count writes against the hourly limit of the people who make them.
//!
//! A unit that serves writes is run by [`Store::run_counted`](crate::port::Store::run_counted): it counts each write
//! first, whether or not the write succeeds. This module says whose writes to count, and what a count means.

use crate::{
    Timestamp,
    env::Env,
    port::store::Counting,
    principal::Credential,
    quota::{Quota, Window, WriteCount},
};

/// The writers of a unit: one for each write, in the order of the writes. A write without a credential has none.
pub struct Writers<'a> {
    all: &'a [Option<&'a Credential>],
    /// The credentials whose writes are counted; none without a limit.
    counted: Vec<&'a Credential>,
    limit: u32,
    now: Timestamp,
}

impl<'a> Writers<'a> {
    /// The writers of a unit that begins now.
    #[must_use]
    pub fn new(env: &Env, all: &'a [Option<&'a Credential>]) -> Self {
        let limit = env.policy.writes_per_hour;
        let counted = all.iter().flatten().copied().filter(|_| limit > 0).collect();
        Self { all, counted, limit, now: env.now() }
    }

    /// What the store has to count.
    #[must_use]
    pub fn counting(&self) -> Counting<'_> {
        Counting { credentials: &self.counted, window: Window::of(self.now), now: self.now }
    }

    /// The quota of each writer, given the store's counts. A quota is `None` without a limit, without a credential, and with a
    /// credential that belongs to no person: such a request is rejected anyway.
    #[must_use]
    pub fn quotas(&self, counts: &[Option<WriteCount>]) -> Vec<Option<Quota>> {
        let mut counts = counts.iter().copied();
        let quota = |writer: Option<&Credential>| {
            let count = writer.filter(|_| self.limit > 0).and_then(|_| counts.next().flatten())?;
            Some(Quota::after(count, self.limit, self.now))
        };
        self.all.iter().copied().map(quota).collect()
    }
}
