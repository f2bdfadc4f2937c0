//! The access token: a credential for programs. It belongs to one membership, and can be listed and revoked.

use crate::{
    Timestamp,
    account::{Account, PublicId},
    hex::hex,
    id::{AccessTokenId, AccountId, PersonId},
    membership::Membership,
    person::Person,
    role::{Permission, PermissionSet},
    text::DisplayText,
    token::Token,
};

/// The secret that a caller presents: 32 characters of `[A-Za-z0-9]`, 190 random bits. It is shown once, when it is
/// created. Only its [`TokenDigest`] is stored. It contains no dot, which distinguishes it from a JWT.
pub type AccessTokenText = Token<32>;

/// What a token may be used for. These are Fastly's scopes, without those for purging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All permissions of the member.
    Global,
    /// The member's permissions to read.
    ReadOnly,
}

impl Scope {
    /// Every scope.
    pub const EVERY: [Self; 2] = [Self::Global, Self::ReadOnly];

    /// Fastly's spelling, also the stored one.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::ReadOnly => "global:read",
        }
    }

    /// Reads Fastly's spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|scope| scope.as_str() == text)
    }

    /// The permissions that a token of this scope can use, if the member has them.
    #[must_use]
    pub const fn permissions(self) -> PermissionSet {
        match self {
            Self::Global => PermissionSet::ALL,
            Self::ReadOnly => PermissionSet::of(&[
                Permission::ViewInvitations,
                Permission::ViewAccount,
                Permission::ViewEvents,
                Permission::ViewComputers,
                Permission::ViewTls,
            ]),
        }
    }
}

/// SHA-256 of an access token, which is stored instead of the token. 190 random bits need no salt.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenDigest(String);

impl TokenDigest {
    /// Wraps the octets of a digest.
    #[must_use]
    pub fn new(octets: [u8; 32]) -> Self {
        Self(hex(&octets))
    }

    /// 64 hexadecimal digits in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenDigest(…)")
    }
}

/// A stored access token. It ends with its membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Number of the row.
    pub id: AccessTokenId,
    /// The id for listing and revoking. It is not a secret.
    pub public_id: PublicId,
    /// The account that it is valid in.
    pub account_id: AccountId,
    /// The member who acts with it.
    pub person_id: PersonId,
    /// The name in lists.
    pub name: DisplayText,
    /// What it may be used for.
    pub scope: Scope,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires. `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl AccessToken {
    /// Whether it is valid at a moment: neither revoked nor expired.
    #[must_use]
    pub fn is_live_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// An access token to insert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccessToken {
    /// The id for listing and revoking.
    pub public_id: PublicId,
    /// The digest of the secret.
    pub digest: TokenDigest,
    /// The account that it is valid in.
    pub account_id: AccountId,
    /// The member who acts with it.
    pub person_id: PersonId,
    /// The name in lists.
    pub name: DisplayText,
    /// What it may be used for.
    pub scope: Scope,
    /// When it is created.
    pub created_at: Timestamp,
    /// When it expires. `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// An access token with the member who acts with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHolder {
    /// The token.
    pub token: AccessToken,
    /// Its account.
    pub account: Account,
    /// Its person.
    pub person: Person,
    /// The person's membership in the account.
    pub membership: Membership,
}
