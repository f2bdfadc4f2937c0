use super::StoreError;
use crate::{
    access_token::{TokenDigest, TokenHolder},
    account::Account,
    address::EmailAddress,
    membership::Membership,
    person::Person,
};

/// A person with all memberships.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonWithMemberships {
    /// The person.
    pub person: Person,
    /// The memberships with their accounts, by the account's number.
    pub memberships: Vec<(Account, Membership)>,
}

/// Looks up callers. Each call takes the callers of a whole batch, so that a batch costs as many round trips as one request.
pub trait Callers {
    /// The person of each address with all memberships, in the given order.
    fn people_with_memberships(
        &mut self,
        emails: &[&EmailAddress],
    ) -> Result<Vec<Option<PersonWithMemberships>>, StoreError>;
    /// The access token of each digest, live or not, with its holder, in the given order.
    fn token_holders(&mut self, digests: &[&TokenDigest]) -> Result<Vec<Option<TokenHolder>>, StoreError>;
}
