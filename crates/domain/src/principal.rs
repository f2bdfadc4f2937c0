//! The caller: a credential, the principal that a token proves, and the actor in one account.

use crate::{
    Timestamp,
    access_token::{Scope, TokenDigest},
    account::{Account, AccountName},
    address::EmailAddress,
    id::PersonId,
    membership::Membership,
    person::Person,
    role::{Grant, Permission},
    text::DisplayText,
};

/// The identity that a verified token proves, before the person is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    /// The address of the principal.
    pub email: EmailAddress,
    /// Whether the issuer confirms that the mailbox is the principal's. Only the JSON value `true` counts.
    pub email_verified: bool,
    /// The person's number, if the token has it. It must then be the number of the person with that address.
    pub person_id: Option<PersonId>,
    /// The account that the principal chose (Landscape's claim `acc`).
    pub account: Option<AccountName>,
    /// The only accounts in which the issuer's tokens give rights. `None`: all accounts.
    pub accounts: Option<Vec<AccountName>>,
    /// When the token was issued. `None` if the token does not say.
    pub issued_at: Option<Timestamp>,
    /// The person's name, if the token has it.
    pub name: Option<DisplayText>,
}

impl Principal {
    /// Whether the principal's issuer may vouch for people in the account.
    #[must_use]
    pub fn may_act_in(&self, account: &AccountName) -> bool {
        self.accounts.as_ref().is_none_or(|accounts| accounts.contains(account))
    }
}

/// What a caller presented, before it is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A verified token.
    Principal(Principal),
    /// An access token, by its digest. It may be unknown to the store.
    AccessToken(TokenDigest),
}

/// A member who acts in one account. Every use case on an account takes an actor first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account that the actor works in.
    pub account: Account,
    /// The member.
    pub person: Person,
    /// The member's rights.
    pub membership: Membership,
    /// The part of these rights that the credential gives.
    pub scope: Scope,
}

impl Actor {
    /// Whether the actor has the permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.membership.grant.permissions().within(self.scope.permissions()).has(permission)
    }

    /// Whether the actor may hand out a grant: the ceiling.
    #[must_use]
    pub fn may_hand_out(&self, grant: &Grant) -> bool {
        self.may(Permission::InviteMembers) && self.membership.grant.may_hand_out(grant)
    }

    /// Whether the actor may take a grant back, see [`Grant::may_take_back`].
    #[must_use]
    pub fn may_take_back(&self, grant: &Grant) -> bool {
        self.may(Permission::InviteMembers) && self.membership.grant.may_take_back(grant)
    }
}
