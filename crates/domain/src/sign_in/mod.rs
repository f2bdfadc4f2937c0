//! Sign-ins with a password: failed ones slow down further ones.
//!
//! Failures are counted for an address from one network, for an address, for a network, and in total. A network from which
//! the person has signed in before is known: attempts from there wait only for their own failures, so that the failures of
//! others do not lock the person out.

mod delay;
mod network;

pub use delay::{DelayRule, FailureCount};
pub use network::Network;

use crate::{address::EmailAddress, idempotency::KeyDigest};

/// How many failures have no consequence, for each kind of counter. 0 switches a counter off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInLimits {
    /// For an address from one network, and for an address from all unknown networks.
    pub per_address: u32,
    /// For an unknown network.
    pub per_network: u32,
    /// For all unknown networks.
    pub in_total: u32,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self { per_address: 10, per_network: 50, in_total: 2000 }
    }
}

/// An attempt to sign in, with the names of its counters. The names are digests, so that the table holds no addresses.
#[derive(Debug, Clone)]
pub struct SignInAttempt {
    /// The address, and the names of its two counters. `None` if the caller sent no valid address.
    pub address: Option<AttemptedAddress>,
    /// Names the network: a counter, and a known network of a person.
    pub network: KeyDigest,
    /// Names the counter of all attempts.
    pub total: KeyDigest,
}

/// The address of an attempt.
#[derive(Debug, Clone)]
pub struct AttemptedAddress {
    /// The address.
    pub email: EmailAddress,
    /// Names the counter of the address from the network of the attempt.
    pub from_network: KeyDigest,
    /// Names the counter of the address from unknown networks.
    pub from_anywhere: KeyDigest,
}

impl SignInAttempt {
    /// The counters that the attempt waits for, and the rule of each. From a known network it is one.
    pub(crate) fn counters(&self, limits: SignInLimits, is_known: bool) -> Vec<(KeyDigest, DelayRule)> {
        let own =
            self.address.iter().map(|address| (&address.from_network, DelayRule::own(limits.per_address)));
        let everywhere = self
            .address
            .iter()
            .map(|address| (&address.from_anywhere, DelayRule::address(limits.per_address)));
        let others = [
            (&self.network, DelayRule::network(limits.per_network)),
            (&self.total, DelayRule::total(limits.in_total)),
        ];
        let others = everywhere.chain(others).filter(|_| !is_known);
        let counters = own.chain(others).filter(|(_, rule)| rule.is_on());
        counters.map(|(name, rule)| (name.clone(), rule)).collect()
    }
}
