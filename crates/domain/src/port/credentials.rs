//! What the application needs from the adapter that holds the keys.

use std::{future::Future, pin::Pin};

use chrono::TimeDelta;

use crate::{
    Timestamp,
    account::AccountName,
    address::EmailAddress,
    id::PersonId,
    idempotency::{KeyDigest, RequestMacs},
    person::{Password, PasswordHash},
    principal::Credential,
};

/// Why a bearer token is rejected. The messages contain no part of the token, because they may be sent to the caller
/// and logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token of Usher or of a trusted issuer.
    #[error("{message}")]
    Invalid {
        /// Names the case in logs; never changes.
        reason: &'static str,
        /// For the caller.
        message: String,
    },
    /// It was valid until its expiry.
    #[error("the token has expired")]
    Expired,
    /// The token is valid, but its issuer does not vouch for the e-mail address.
    #[error("the token's issuer does not confirm that the e-mail address is the holder's")]
    EmailNotVerified,
    /// The issuer's keys could not be fetched, so the token can be neither accepted nor rejected.
    #[error("the keys of the token's issuer are not available")]
    KeysUnavailable {
        /// When they may be available again, in seconds from now.
        seconds: u32,
    },
}

impl TokenError {
    /// Names the case in logs and metrics; never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid_token",
            Self::Expired => "expired_token",
            Self::EmailNotVerified => "email_not_verified",
            Self::KeysUnavailable { .. } => "keys_unavailable",
        }
    }
}

/// The result of [`Authenticator::authenticate`].
pub type AuthenticateFuture<'a> = Pin<Box<dyn Future<Output = Result<Credential, TokenError>> + Send + 'a>>;

/// Verifies bearer tokens.
pub trait Authenticator: Send + Sync {
    /// What the token proves at `now`. A token in the form of an access token becomes its digest; only the store knows
    /// whether the token exists. Waits at most for one bounded fetch of an issuer's keys.
    fn authenticate<'a>(&'a self, token: &'a str, now: Timestamp) -> AuthenticateFuture<'a>;
}

/// The password could be neither hashed nor verified for lack of memory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashingError(pub String);

/// Hashes and verifies passwords. Both calls take memory and tens of milliseconds of processor time, so call them on a
/// blocking thread, and bound how many run at once.
pub trait PasswordHasher: Send + Sync {
    /// Hashes a chosen password under a fresh salt.
    fn hash(&self, password: &Password) -> Result<PasswordHash, HashingError>;

    /// Whether `presented` is the password behind the hash. Without a hash it is not at the same cost, so that
    /// response times do not reveal who has a password.
    fn verify(&self, hash: Option<&PasswordHash>, presented: &str) -> Result<bool, HashingError>;
}

/// The claims of one of Usher's own tokens.
#[derive(Debug, Clone, Copy)]
pub struct TokenRequest<'a> {
    /// The subject.
    pub email: &'a EmailAddress,
    /// Whether the mailbox was proven. The claim is left out otherwise.
    pub email_verified: bool,
    /// The person's number.
    pub person_id: PersonId,
    /// The chosen account, if any.
    pub account: Option<&'a AccountName>,
    /// How long the token is valid. The caller bounds it.
    pub lifetime: TimeDelta,
}

/// A signed token. It does not show in `Debug` output.
#[derive(Clone)]
pub struct SignedToken {
    text: String,
    /// When it expires, to the second.
    pub expires_at: Timestamp,
}

impl SignedToken {
    /// Wraps a token.
    #[must_use]
    pub const fn new(text: String, expires_at: Timestamp) -> Self {
        Self { text, expires_at }
    }

    /// The secret, for the response.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Debug for SignedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Signs Usher's own tokens.
pub trait TokenSigner: Send + Sync {
    /// Signs a token that is valid from `now` on.
    fn sign(&self, request: &TokenRequest<'_>, now: Timestamp) -> SignedToken;
}

/// Fingerprints of requests that carry an idempotency key: they tell a repeated request from a different one without
/// storing its content.
pub trait RequestFingerprints: Send + Sync {
    /// Message authentication codes over the parts of a request. The parts are length-prefixed: `["ab", "c"]` and
    /// `["a", "bc"]` differ.
    fn request_macs(&self, parts: &[&[u8]]) -> RequestMacs;

    /// The digest under which a key of one owner is stored. The parts are length-prefixed too.
    fn key_digest(&self, parts: &[&[u8]]) -> KeyDigest;
}
