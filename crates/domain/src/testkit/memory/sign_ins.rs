use super::{MemoryTx, state::present};
use crate::{
    Timestamp,
    address::EmailAddress,
    id::PersonId,
    idempotency::KeyDigest,
    port::{
        StoreError,
        store::{NewFailureCount, SignIns},
    },
    sign_in::FailureCount,
};

impl SignIns for MemoryTx {
    fn failed_sign_ins(&mut self, name: &KeyDigest) -> Result<Option<FailureCount>, StoreError> {
        self.read(|state| Ok(state.failed_sign_ins.get(name).map(|counter| counter.count)))
    }

    fn put_failed_sign_ins(&mut self, counts: &[NewFailureCount]) -> Result<(), StoreError> {
        self.write(|state| {
            let counters = counts.iter().map(|counter| (counter.name.clone(), counter.clone()));
            state.failed_sign_ins.extend(counters);
            Ok(())
        })
    }

    fn delete_failed_sign_ins(&mut self, name: &KeyDigest) -> Result<(), StoreError> {
        self.write(|state| {
            state.failed_sign_ins.remove(name);
            Ok(())
        })
    }

    fn is_known_network(&mut self, email: &EmailAddress, network: &KeyDigest) -> Result<bool, StoreError> {
        self.read(|state| {
            let person = state.people.find(|person| person.email == *email);
            let is_known = |id| state.known_networks.contains_key(&(id, network.clone()));
            Ok(person.is_some_and(|person| is_known(person.id)))
        })
    }

    fn remember_network(
        &mut self,
        person: PersonId,
        network: &KeyDigest,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|state| {
            present(state.people.get(person.get()).is_some())?;
            state.known_networks.insert((person, network.clone()), at);
            Ok(())
        })
    }

    fn forget_sign_ins(
        &mut self,
        now: Timestamp,
        unused: Timestamp,
        limit: u32,
    ) -> Result<usize, StoreError> {
        self.write(|state| {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let counters = state.failed_sign_ins.values().filter(|counter| counter.forgotten_at <= now);
            let counters: Vec<_> = counters.take(limit).map(|counter| counter.name.clone()).collect();
            let networks = state.known_networks.iter().filter(|(_, at)| **at <= unused);
            let networks: Vec<_> = networks.take(limit).map(|(key, _)| key.clone()).collect();
            state.failed_sign_ins.retain(|name, _| !counters.contains(name));
            state.known_networks.retain(|key, _| !networks.contains(key));
            Ok(counters.len().max(networks.len()))
        })
    }
}
