use super::StoreError;
use crate::{
    Timestamp,
    idempotency::{Answer, KeptAnswer, KeyDigest, NewKey},
};

/// Keys of requests that may come again, with the answers to them. Written in the unit whose work the answer is about, so
/// that either both are kept or none.
pub trait IdempotencyKeys {
    /// Takes a key for this unit; one whose answer was given at `stale` or before is taken like a new one. A committed
    /// unit that took a key owes [`Self::keep_answer`].
    ///
    /// `false`, and no change, when there is an answer, or when another unit has the key and did not end yet. Owes: of any
    /// number of units at once, whichever replica they run on, one takes a key. The others are answered `false`, or
    /// `Contended`, at once, where units write side by side; where one writes at a time they come after it.
    fn take_key(&mut self, key: &NewKey, stale: Timestamp) -> Result<bool, StoreError>;
    /// Writes the answer for a key that this unit has taken. `Contended` when it has not.
    fn keep_answer(&mut self, key: &KeyDigest, answer: &Answer) -> Result<(), StoreError>;
    /// The answer for a key, however old.
    fn kept_answer(&mut self, key: &KeyDigest) -> Result<Option<KeptAnswer>, StoreError>;
    /// Deletes up to `limit` answers that were given at `stale` or before, the oldest first; answers how many.
    fn forget_answers(&mut self, stale: Timestamp, limit: u32) -> Result<usize, StoreError>;
}
