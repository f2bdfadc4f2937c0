use diesel::{dsl::exists, prelude::*, select};
use usher_domain::{
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

use super::DieselTx;
use crate::{
    insertion::insert,
    rows::{FailureCountRow, KnownNetworkRow, NewFailureCountRow},
    schema::{failed_sign_in, known_network, person},
};

impl SignIns for DieselTx<'_> {
    fn failed_sign_ins(&mut self, name: &KeyDigest) -> Result<Option<FailureCount>, StoreError> {
        self.read(|connection| {
            let row = failed_sign_in::table.find(name.to_hex()).select(FailureCountRow::as_select());
            Ok(row.get_result(connection).optional()?.map(FailureCount::from))
        })
    }

    fn put_failed_sign_ins(&mut self, counts: &[NewFailureCount]) -> Result<(), StoreError> {
        if counts.is_empty() {
            return Ok(());
        }
        let rows: Vec<NewFailureCountRow> = counts.iter().map(NewFailureCountRow::from).collect();
        self.write(|connection| Ok(insert(connection, &rows)?))
    }

    fn delete_failed_sign_ins(&mut self, name: &KeyDigest) -> Result<(), StoreError> {
        let row = failed_sign_in::table.find(name.to_hex());
        self.write(|connection| Ok(diesel::delete(row).execute(connection).map(drop)?))
    }

    fn is_known_network(&mut self, email: &EmailAddress, network: &KeyDigest) -> Result<bool, StoreError> {
        let known = known_network::table
            .inner_join(person::table)
            .filter(person::email_key.eq(email.key()))
            .filter(known_network::network.eq(network.to_hex()));
        self.read(|connection| Ok(select(exists(known)).get_result(connection)?))
    }

    fn remember_network(
        &mut self,
        person: PersonId,
        network: &KeyDigest,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let row = KnownNetworkRow::new(person.get(), network.to_hex(), at.naive_utc());
        self.write(|connection| Ok(insert(connection, &[row])?))
    }

    fn forget_sign_ins(
        &mut self,
        now: Timestamp,
        unused: Timestamp,
        limit: u32,
    ) -> Result<usize, StoreError> {
        self.write(|connection| {
            let forgotten: Vec<String> = failed_sign_in::table
                .filter(failed_sign_in::forgotten_at.le(now.naive_utc()))
                .order(failed_sign_in::forgotten_at)
                .limit(i64::from(limit))
                .select(failed_sign_in::name)
                .load(connection)?;
            let unused: Vec<i64> = known_network::table
                .filter(known_network::last_at.le(unused.naive_utc()))
                .order(known_network::last_at)
                .limit(i64::from(limit))
                .select(known_network::id)
                .load(connection)?;
            let deleted = forgotten.len().max(unused.len());
            if !forgotten.is_empty() {
                let counters = failed_sign_in::table.filter(failed_sign_in::name.eq_any(forgotten));
                diesel::delete(counters).execute(connection)?;
            }
            if !unused.is_empty() {
                let networks = known_network::table.filter(known_network::id.eq_any(unused));
                diesel::delete(networks).execute(connection)?;
            }
            Ok(deleted)
        })
    }
}
