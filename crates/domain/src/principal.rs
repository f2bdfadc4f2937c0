//! Who asks: the credential, the principal that one of a trusted issuer proves, and the actor it is in one account.

use crate::{
    access_token::{Scope, TokenDigest},
    account::{Account, AccountName},
    address::EmailAddress,
    id::PersonId,
    membership::Membership,
    person::Person,
    role::{Grant, Permission},
    text::DisplayText,
};

/// What a verified credential says, before anything was looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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

/// What a caller presented, before anything was looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A token that was verified.
    Principal(Principal),
    /// An access token of Usher's own, by its digest. Whether there is one is for the store to say.
    AccessToken(TokenDigest),
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
    /// How much of these rights the credential gives.
    pub scope: Scope,
}

impl Actor {
    /// Whether the actor holds the permission in the account.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.membership.grant.permissions().within(self.scope.permissions()).has(permission)
    }

    /// Whether the actor may hand out that grant (the ceiling).
    #[must_use]
    pub fn may_hand_out(&self, grant: &Grant) -> bool {
        self.may(Permission::InviteMembers) && self.membership.grant.may_hand_out(grant)
    }

    /// Whether the actor may take that grant back, see [`Grant::may_take_back`].
    #[must_use]
    pub fn may_take_back(&self, grant: &Grant) -> bool {
        self.may(Permission::InviteMembers) && self.membership.grant.may_take_back(grant)
    }
}
