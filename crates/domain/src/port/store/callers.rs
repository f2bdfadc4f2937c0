use super::StoreError;
use crate::{
    access_token::{TokenDigest, TokenHolder},
    account::Account,
    address::EmailAddress,
    membership::Membership,
    person::Person,
};

/// A person and every account that the person is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The person.
    pub person: Person,
    /// By the account's number.
    pub memberships: Vec<(Account, Membership)>,
}

/// Who asks: everything that is known about callers, of any number of them at once, so that many requests cost no more
/// round trips than one.
pub trait Callers {
    /// For each address, in its place, the person who has it.
    fn known(&mut self, emails: &[&EmailAddress]) -> Result<Vec<Option<Known>>, StoreError>;
    /// For each digest, in its place, the token that has it, live or not, and whoever acts with it.
    fn token_holders(&mut self, digests: &[&TokenDigest]) -> Result<Vec<Option<TokenHolder>>, StoreError>;
}
