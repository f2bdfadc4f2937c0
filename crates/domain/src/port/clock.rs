use crate::Timestamp;

/// Tells the time. Everything that decides about expiry, leases and retries asks here.
pub trait Clock: Send + Sync {
    /// The current moment, cut to whole microseconds: what is stored must equal what was decided on.
    fn now(&self) -> Timestamp;
}
