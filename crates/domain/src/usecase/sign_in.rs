//! Sign in: find the accounts of a person whose password was right.

use super::unit_error;
use crate::{
    account::{Account, AccountName},
    id::PersonId,
    port::{StoreError, Tx},
};

/// The accounts of a person who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Every account of the person.
    pub accounts: Vec<Account>,
    /// The chosen account, or else the first. `None` for a person without an account.
    pub current: Option<Account>,
}

/// Why signing in failed although the password was right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The person is not a member of the chosen account.
    #[error("you are not a member of the account {0}")]
    NotAMember(AccountName),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(SignInError {
    Self::NotAMember(_) => "not_a_member",
});

/// Returns the person's accounts and the account to act in.
pub fn sign_in(
    tx: &mut dyn Tx,
    person: PersonId,
    chosen: Option<&AccountName>,
) -> Result<SignedIn, SignInError> {
    let accounts: Vec<Account> = tx.memberships_of(person)?.into_iter().map(|(account, _)| account).collect();
    let current = match chosen {
        Some(name) => Some(
            accounts
                .iter()
                .find(|account| account.name == *name)
                .cloned()
                .ok_or_else(|| SignInError::NotAMember(name.clone()))?,
        ),
        None => accounts.first().cloned(),
    };
    Ok(SignedIn { accounts, current })
}
