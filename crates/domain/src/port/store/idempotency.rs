use super::StoreError;
use crate::{
    Timestamp,
    idempotency::{Answer, KeptAnswer, KeyDigest, NewKey},
};

/// Idempotency keys with their answers. They are written in the unit of the request's work, so that both are kept or neither.
pub trait IdempotencyKeys {
    /// Takes a key for this unit. A key whose answer dates from `stale` or earlier is taken like a new one. A unit that
    /// takes a key and commits must call [`Self::keep_answer`].
    ///
    /// Returns `false` and changes nothing if the key has an answer, or if another unit has taken the key and has not
    /// ended. Of concurrent units, on any replicas, only one takes a key. Where units write in parallel, the others get
    /// `false` or `Contended` without waiting; where only one unit writes at a time, they run after it.
    fn take_key(&mut self, key: &NewKey, stale: Timestamp) -> Result<bool, StoreError>;
    /// Writes the answer for a key that this unit has taken. Fails with `Contended` if this unit has not taken it.
    fn keep_answer(&mut self, key: &KeyDigest, answer: &Answer) -> Result<(), StoreError>;
    /// The answer for a key, however old.
    fn kept_answer(&mut self, key: &KeyDigest) -> Result<Option<KeptAnswer>, StoreError>;
    /// Deletes up to `limit` answers that date from `stale` or earlier, the oldest first. Returns how many it deleted.
    fn forget_answers(&mut self, stale: Timestamp, limit: u32) -> Result<usize, StoreError>;
}
