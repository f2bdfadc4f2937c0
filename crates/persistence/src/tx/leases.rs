use diesel::prelude::*;
use usher_domain::{
    Timestamp,
    outbox::LeaseToken,
    port::{
        StoreError,
        store::{LeasedWork, Leases},
    },
};

use super::DieselTx;
use crate::{insertion::insert, rows::NewLeaseRow, schema::lease};

impl Leases for DieselTx<'_> {
    fn take_lease(
        &mut self,
        work: LeasedWork,
        token: &LeaseToken,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let (name, token, until) = (work.as_str(), token.as_str(), until.naive_utc());
        let free = lease::table
            .find(name)
            .filter(lease::lease_token.eq(token).or(lease::lease_until.le(now.naive_utc())));
        self.write(|connection| {
            let updated = diesel::update(free)
                .set((lease::lease_token.eq(token), lease::lease_until.eq(until)))
                .execute(connection)?;
            if updated == 1 {
                return Ok(true);
            }
            insert(connection, &[NewLeaseRow::new(name, token, until)])?;
            let holder = lease::table.find(name).select(lease::lease_token);
            Ok(holder.get_result::<String>(connection)? == token)
        })
    }
}
