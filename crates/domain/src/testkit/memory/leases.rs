use super::MemoryTx;
use crate::{
    Timestamp,
    outbox::LeaseToken,
    port::{
        StoreError,
        store::{LeasedWork, Leases},
    },
};

impl Leases for MemoryTx {
    fn take_lease(
        &mut self,
        work: LeasedWork,
        token: &LeaseToken,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(|state| {
            let held = state.leases.get(work.as_str());
            if held.is_some_and(|(holder, end)| holder != token && *end > now) {
                return Ok(false);
            }
            state.leases.insert(work.as_str(), (token.clone(), until));
            Ok(true)
        })
    }
}
