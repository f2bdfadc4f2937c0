//! Who asks: the principal that a credential proves, and the actor it is in one account.

use crate::{
    account::{Account, AccountName},
    address::EmailAddress,
    id::PersonId,
    membership::Membership,
    person::Person,
    role::{Grant, Permission},
    text::DisplayText,
};

/// What a verified credential says, before anything was looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Whose credential it is.
    pub email: EmailAddress,
    /// Whether the issuer vouches that the mailbox is this principal's. Only the JSON value `true` counts.
    pub email_verified: bool,
    /// The person's number, when the credential carries one: it must then be the person with that address.
    pub person_id: Option<PersonId>,
    /// The account that the principal chose (Landscape's claim `acc`).
    pub account: Option<AccountName>,
    /// What the person is called, when the credential says it.
    pub name: Option<DisplayText>,
}

/// A person acting in one account: what every use case on an account asks for first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account that everything is scoped to.
    pub account: Account,
    /// Who acts.
    pub person: Person,
    /// With which rights.
    pub membership: Membership,
}

impl Actor {
    /// Whether the actor holds the permission in the account.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.membership.grant.permissions().has(permission)
    }

    /// Whether the actor may hand out that grant (the ceiling).
    #[must_use]
    pub fn may_hand_out(&self, grant: &Grant) -> bool {
        self.membership.grant.may_hand_out(grant)
    }
}
