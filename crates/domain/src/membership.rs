//! The membership of a person in an account.

use crate::{
    Timestamp,
    id::{AccountId, PersonId},
    role::Grant,
};

/// A person's membership in an account. There is at most one for a person and an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The account.
    pub account_id: AccountId,
    /// The person.
    pub person_id: PersonId,
    /// What the person may do there.
    pub grant: Grant,
    /// When it began.
    pub created_at: Timestamp,
}
