//! Keys under which callers send a request again without its being done again (draft-ietf-httpapi-idempotency-key-header),
//! and the answers that are kept for them.

use chrono::TimeDelta;

use crate::{Timestamp, hex::hex, id::AccountId};

/// How long an answer is kept, from the moment it was given. From then on its key is a new one.
pub const RETENTION: TimeDelta = TimeDelta::hours(24);

/// SHA-256 over a key and whose it is: the same key of two callers gives two. Neither can be read off it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KeyDigest([u8; 32]);

impl KeyDigest {
    /// Of the digest's octets.
    #[must_use]
    pub const fn new(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// 64 hexadecimal digits in lower case.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    /// The first 64 bits, for locks that are named by a number.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.0.first_chunk().copied().map(i64::from_be_bytes).unwrap_or_default()
    }
}

impl std::fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyDigest(…)")
    }
}

/// A MAC over a request, under a key that only the server has: requests have passwords and codes in them, and a plain digest
/// would let whoever reads the database try guesses.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RequestMac(String);

impl RequestMac {
    /// Of the MAC's octets.
    #[must_use]
    pub fn new(octets: &[u8]) -> Self {
        Self(hex(octets))
    }

    /// As it was stored.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// Hexadecimal digits in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for RequestMac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RequestMac(…)")
    }
}

/// The MACs of one request: under the server's key in use, which is the one that is stored, and under those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestMacs {
    /// Under the key in use.
    pub current: RequestMac,
    /// Under former keys that are still accepted.
    pub previous: Vec<RequestMac>,
}

impl RequestMacs {
    /// Whether the stored one is of this request. No caller chooses a MAC, so the time that comparing takes tells nothing.
    #[must_use]
    pub fn include(&self, stored: &RequestMac) -> bool {
        std::iter::once(&self.current).chain(&self.previous).any(|mac| mac == stored)
    }
}

/// An answer as its caller reads it, without the headers that every answer has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Of HTTP.
    pub status: u16,
    /// What the body is; `None` when there is none.
    pub content_type: Option<String>,
    /// Text, in every dialect.
    pub body: String,
}

/// A key that a unit of work takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What is stored of it.
    pub digest: KeyDigest,
    /// The request that it came with.
    pub request: RequestMac,
    /// The account that the request is done in, if that is known.
    pub account: Option<AccountId>,
    /// When the answer is given.
    pub created_at: Timestamp,
}

/// The answer that was kept for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The request that it answered.
    pub request: RequestMac,
    /// When it was given.
    pub created_at: Timestamp,
    /// The same again for the same request.
    pub answer: Answer,
}

/// The moment up to which answers are too old to be given again at `now`.
#[must_use]
pub fn stale_at(now: Timestamp) -> Timestamp {
    now - RETENTION
}
