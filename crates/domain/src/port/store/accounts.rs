use std::slice;

use super::{Addressee, StoreError};
use crate::{
    account::{Account, AccountName, NewAccount},
    id::{AccountId, PersonId},
    membership::Membership,
};

/// Accounts.
pub trait Accounts {
    /// Writes a new one. `Conflict(AccountName)` when the name is taken.
    fn insert_account(&mut self, account: &NewAccount) -> Result<Account, StoreError>;
    /// By number.
    fn account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError>;
    /// By name.
    fn account_by_name(&mut self, name: &AccountName) -> Result<Option<Account>, StoreError>;
    /// All, by name.
    fn accounts(&mut self) -> Result<Vec<Account>, StoreError>;
}

/// Who is in which account.
pub trait Memberships {
    /// Writes a new one. `Conflict(Membership)` when the person is in the account.
    fn insert_membership(&mut self, membership: &Membership) -> Result<(), StoreError> {
        self.insert_memberships(slice::from_ref(membership))
    }
    /// As [`Self::insert_membership`], for several: all are written, or none.
    fn insert_memberships(&mut self, memberships: &[Membership]) -> Result<(), StoreError>;
    /// The person's place in the account.
    fn membership(&mut self, account: AccountId, person: PersonId) -> Result<Option<Membership>, StoreError>;
    /// For each address in an account, in its place, whether it is a member's.
    fn are_members(&mut self, addressees: &[Addressee<'_>]) -> Result<Vec<bool>, StoreError>;
    /// Every account of the person, by the account's number.
    fn memberships_of(&mut self, person: PersonId) -> Result<Vec<(Account, Membership)>, StoreError>;
    /// Ends the person's place in the account; `false` when there was none.
    fn delete_membership(&mut self, account: AccountId, person: PersonId) -> Result<bool, StoreError>;
}
