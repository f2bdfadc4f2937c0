use std::slice;

use super::{Addressee, StoreError};
use crate::{
    account::{Account, AccountName, NewAccount},
    id::{AccountId, PersonId},
    membership::Membership,
    person::Person,
};

/// Accounts.
pub trait Accounts {
    /// Inserts an account. `Conflict(AccountName)` when the name is taken.
    fn insert_account(&mut self, account: &NewAccount) -> Result<Account, StoreError>;
    /// By number.
    fn account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError>;
    /// By name.
    fn account_by_name(&mut self, name: &AccountName) -> Result<Option<Account>, StoreError>;
    /// All accounts, by name.
    fn accounts(&mut self) -> Result<Vec<Account>, StoreError>;
    /// Makes the units that call this for the same account take effect one after the other: what a unit reads after the call is
    /// still true when the unit commits. For rules about several rows of an account. `Contended` when the account is gone, or when
    /// another unit that called this has committed since the snapshot.
    fn lock_account(&mut self, id: AccountId) -> Result<(), StoreError>;
}

/// Memberships of people in accounts.
pub trait Memberships {
    /// Inserts a membership. `Conflict(Membership)` when the person is a member of the account already.
    fn insert_membership(&mut self, membership: &Membership) -> Result<(), StoreError> {
        self.insert_memberships(slice::from_ref(membership))
    }
    /// As [`Self::insert_membership`], for several: all are inserted, or none.
    fn insert_memberships(&mut self, memberships: &[Membership]) -> Result<(), StoreError>;
    /// The person's membership in the account.
    fn membership(&mut self, account: AccountId, person: PersonId) -> Result<Option<Membership>, StoreError>;
    /// Replaces the grant of a membership. `false` when there is none.
    fn update_membership(&mut self, membership: &Membership) -> Result<bool, StoreError>;
    /// The members of an account with their memberships, by address.
    fn members(&mut self, account: AccountId) -> Result<Vec<(Person, Membership)>, StoreError>;
    /// Whether each address belongs to a member of its account, in the given order.
    fn are_members(&mut self, addressees: &[Addressee<'_>]) -> Result<Vec<bool>, StoreError>;
    /// The memberships of a person, by the account's number.
    fn memberships_of(&mut self, person: PersonId) -> Result<Vec<(Account, Membership)>, StoreError>;
    /// Deletes a membership. `false` when there is none.
    fn delete_membership(&mut self, account: AccountId, person: PersonId) -> Result<bool, StoreError>;
}
