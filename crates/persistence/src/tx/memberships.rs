use std::collections::HashSet;

use diesel::prelude::*;
use usher_domain::{
    account::Account,
    id::{AccountId, PersonId},
    membership::Membership,
    person::Person,
    port::{
        StoreError,
        store::{Addressee, Memberships},
    },
};

use super::{DieselTx, pair};
use crate::{
    dialect,
    insertion::insert,
    rows::{AccountRow, MembershipRow, NewMembershipRow, PersonRow, grant_columns, read_optional},
    schema::{account, membership, person},
};

impl Memberships for DieselTx<'_> {
    fn insert_memberships(&mut self, memberships: &[Membership]) -> Result<(), StoreError> {
        let rows: Vec<NewMembershipRow> = memberships.iter().map(NewMembershipRow::from).collect();
        self.write(|connection| Ok(insert(connection, &rows)?))
    }

    fn membership(&mut self, account: AccountId, person: PersonId) -> Result<Option<Membership>, StoreError> {
        self.read(|connection| {
            let row =
                membership::table.find((account.get(), person.get())).select(MembershipRow::as_select());
            Ok(read_optional(row.get_result(connection).optional()?)?)
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

    fn update_membership(&mut self, membership: &Membership) -> Result<bool, StoreError> {
        let row = membership::table.find((membership.account_id.get(), membership.person_id.get()));
        let (roles, limited, services) = grant_columns(&membership.grant);
        self.write(|connection| {
            let updated = diesel::update(row)
                .set((
                    membership::roles.eq(roles),
                    membership::limit_services.eq(limited),
                    membership::services.eq(services),
                ))
                .execute(connection)?;
            Ok(updated == 1)
        })
    }

    fn members(&mut self, account: AccountId) -> Result<Vec<(Person, Membership)>, StoreError> {
        self.read(|connection| {
            let rows: Vec<(PersonRow, MembershipRow)> = membership::table
                .inner_join(person::table)
                .filter(membership::account_id.eq(account.get()))
                .order(person::email_key)
                .select((PersonRow::as_select(), MembershipRow::as_select()))
                .load(connection)?;
            let pairs =
                rows.into_iter().map(|(person, membership)| Ok((person.try_into()?, membership.try_into()?)));
            pairs.collect()
        })
    }

    fn are_members(&mut self, addressees: &[Addressee<'_>]) -> Result<Vec<bool>, StoreError> {
        let pairs: Vec<(i64, &str)> = addressees.iter().map(pair).collect();
        self.read(|connection| {
            let members = dialect::are_members(connection, &pairs)?;
            let members: HashSet<(i64, &str)> =
                members.iter().map(|(account, key)| (*account, key.as_str())).collect();
            Ok(pairs.iter().map(|pair| members.contains(pair)).collect())
        })
    }

    fn delete_membership(&mut self, account: AccountId, person: PersonId) -> Result<bool, StoreError> {
        let row = membership::table.find((account.get(), person.get()));
        self.write(|connection| Ok(diesel::delete(row).execute(connection)? == 1))
    }
}
