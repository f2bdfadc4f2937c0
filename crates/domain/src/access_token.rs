//! The access token: a credential for programs, bound to one membership, that can be listed and revoked.

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

/// What its holder presents: 32 characters of `[A-Za-z0-9]`, 190 random bits. Whoever makes one shows it once and keeps
/// its [`TokenDigest`] only. It has no dot, and a JWT has two: that tells them apart.
pub type AccessTokenText = Token<32>;

/// What a token may be used for (Fastly's scopes; its purging scopes mean nothing here).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everything that the person may do.
    Global,
    /// Of that, what changes nothing.
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

    /// The permissions that can be used under this scope, by whoever holds them.
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

/// SHA-256 of an access token: what is stored of it. 190 random bits need no salt.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenDigest(String);

impl TokenDigest {
    /// Of the digest's octets.
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

/// An access token as it is stored. It ends with the membership that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Number of the row.
    pub id: AccessTokenId,
    /// By which it is listed and revoked; it opens nothing.
    pub public_id: PublicId,
    /// The account that it works in.
    pub account_id: AccountId,
    /// Whose rights it has.
    pub person_id: PersonId,
    /// What its owner calls it.
    pub name: DisplayText,
    /// What it may be used for.
    pub scope: Scope,
    /// When it was made.
    pub created_at: Timestamp,
    /// From this moment on it is worth nothing; `None` if it has no end.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl AccessToken {
    /// Whether it opens anything at a moment.
    #[must_use]
    pub fn is_live_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// An access token that the store has not numbered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccessToken {
    /// By which it is listed and revoked.
    pub public_id: PublicId,
    /// What is kept of the secret.
    pub digest: TokenDigest,
    /// The account that it works in.
    pub account_id: AccountId,
    /// Whose rights it has: a member of the account.
    pub person_id: PersonId,
    /// What its owner calls it.
    pub name: DisplayText,
    /// What it may be used for.
    pub scope: Scope,
    /// When it is made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// A token with everything that whoever presents it acts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHolder {
    /// The token.
    pub token: AccessToken,
    /// Its account.
    pub account: Account,
    /// Its person.
    pub person: Person,
    /// That person's place in that account.
    pub membership: Membership,
}
