use super::StoreError;
use crate::{Timestamp, outbox::LeaseToken};

/// Work that only one process does at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeasedWork {
    /// The sweep.
    Sweep,
}

impl LeasedWork {
    /// The stored spelling, stable.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sweep => "sweep",
        }
    }
}

/// Leases on work that only one process does at a time.
pub trait Leases {
    /// Takes the lease on some work until a moment, or prolongs it. Returns `false` and changes nothing while another process has
    /// the lease. Of concurrent units, one gets it.
    fn take_lease(
        &mut self,
        work: LeasedWork,
        token: &LeaseToken,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError>;
}
