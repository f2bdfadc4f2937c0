use super::StoreError;
use crate::Timestamp;

/// How much work waits in the store, for metrics. Each call counts up to `most` rows, so that its cost is bounded however much
/// waits.
pub trait Backlog {
    /// The queued mails that can be claimed at `now`.
    fn due_mails(&mut self, now: Timestamp, most: u32) -> Result<u32, StoreError>;
    /// The mails that were given up.
    fn dead_mails(&mut self, most: u32) -> Result<u32, StoreError>;
    /// The changes of counts of open invitations that [`Invitations::settle_open_counts`] has not moved yet. Always 0 for a
    /// store that needs no such moves.
    ///
    /// [`Invitations::settle_open_counts`]: super::Invitations::settle_open_counts
    fn unsettled_changes(&mut self, most: u32) -> Result<u32, StoreError>;
}
