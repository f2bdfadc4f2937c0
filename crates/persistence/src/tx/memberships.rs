use diesel::prelude::*;
use usher_domain::{
    account::Account,
    id::{AccountId, PersonId},
    membership::Membership,
    port::{StoreError, store::Memberships},
};

use super::DieselTx;
use crate::{
    rows::{AccountRow, MembershipRow, NewMembershipRow, one},
    schema::{account, membership},
};

impl Memberships for DieselTx<'_> {
    fn insert_membership(&mut self, membership: &Membership) -> Result<(), StoreError> {
        self.write(|connection| {
            diesel::insert_into(membership::table)
                .values(NewMembershipRow::from(membership))
                .execute(connection)?;
            Ok(())
        })
    }

    fn membership(&mut self, account: AccountId, person: PersonId) -> Result<Option<Membership>, StoreError> {
        self.read(|connection| {
            let row =
                membership::table.find((account.get(), person.get())).select(MembershipRow::as_select());
            Ok(one(row.get_result(connection).optional()?)?)
        })
    }

    fn memberships_of(&mut self, person: PersonId) -> Result<Vec<(Account, Membership)>, StoreError> {
        self.read(|connection| {
            let rows: Vec<(AccountRow, MembershipRow)> = membership::table
                .inner_join(account::table)
                .filter(membership::person_id.eq(person.get()))
                .order(membership::account_id)
                .select((AccountRow::as_select(), MembershipRow::as_select()))
                .load(connection)?;
            let pairs = rows
                .into_iter()
                .map(|(account, membership)| Ok((account.try_into()?, membership.try_into()?)));
            pairs.collect()
        })
    }

    fn delete_membership(&mut self, account: AccountId, person: PersonId) -> Result<bool, StoreError> {
        let row = membership::table.find((account.get(), person.get()));
        self.write(|connection| Ok(diesel::delete(row).execute(connection)? == 1))
    }
}
