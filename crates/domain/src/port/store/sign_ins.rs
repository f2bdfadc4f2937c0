use super::StoreError;
use crate::{Timestamp, address::EmailAddress, id::PersonId, idempotency::KeyDigest, sign_in::FailureCount};

/// A counter of failed sign-ins to write.
#[derive(Debug, Clone)]
pub struct NewFailureCount {
    /// Names the counter.
    pub name: KeyDigest,
    /// The failures.
    pub count: FailureCount,
    /// When they are forgotten, and the counter can be deleted.
    pub forgotten_at: Timestamp,
}

/// Failed sign-ins, and the networks from which people have signed in.
pub trait SignIns {
    /// The counter of this name. Units that change a counter concurrently do not both succeed with the same count.
    fn failed_sign_ins(&mut self, name: &KeyDigest) -> Result<Option<FailureCount>, StoreError>;
    /// Inserts or replaces counters.
    fn put_failed_sign_ins(&mut self, counts: &[NewFailureCount]) -> Result<(), StoreError>;
    /// Deletes a counter.
    fn delete_failed_sign_ins(&mut self, name: &KeyDigest) -> Result<(), StoreError>;
    /// Whether the person with this address has signed in from the network, as far as it is remembered.
    fn is_known_network(&mut self, email: &EmailAddress, network: &KeyDigest) -> Result<bool, StoreError>;
    /// Remembers that a person has signed in from a network.
    fn remember_network(
        &mut self,
        person: PersonId,
        network: &KeyDigest,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Deletes up to `limit` counters that are forgotten at `now`, and up to `limit` networks that were last used at `unused`
    /// or earlier. Returns the larger of the two numbers.
    fn forget_sign_ins(&mut self, now: Timestamp, unused: Timestamp, limit: u32)
    -> Result<usize, StoreError>;
}
