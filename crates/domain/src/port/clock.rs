use crate::Timestamp;

/// The clock. Expiry, leases and retries depend on it alone.
pub trait Clock: Send + Sync {
    /// The current moment in whole microseconds, so that a stored moment equals the original.
    fn now(&self) -> Timestamp;
}
