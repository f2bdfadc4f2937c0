//! Idempotency keys (draft-ietf-httpapi-idempotency-key-header), with which callers repeat a request without repeating its
//! effect, and the answers stored for them.

use chrono::TimeDelta;

use crate::{Timestamp, hex::hex, id::AccountId};

/// How long an answer is stored by default. After that, its key counts as new.
pub const RETENTION: TimeDelta = TimeDelta::hours(24);

/// SHA-256 over an idempotency key and its owner. The same key used by two owners has two digests.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KeyDigest([u8; 32]);

impl KeyDigest {
    /// Wraps the octets of a digest.
    #[must_use]
    pub const fn new(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// 64 hexadecimal digits in lower case.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    /// The first 64 bits, for locks whose names are numbers.
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

/// A MAC over a request, with a key that only the server has. Requests contain passwords and codes: a plain digest would let a
/// reader of the database test guesses.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RequestMac(String);

impl RequestMac {
    /// Wraps the octets of a MAC.
    #[must_use]
    pub fn new(octets: &[u8]) -> Self {
        Self(hex(octets))
    }

    /// Wraps a stored MAC.
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

/// The MACs of one request with the server's current key and with its previous keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestMacs {
    /// With the current key. This one is stored.
    pub current: RequestMac,
    /// With previous keys that are still accepted.
    pub previous: Vec<RequestMac>,
}

impl RequestMacs {
    /// Whether a stored MAC belongs to this request. Callers do not choose MACs, so the comparison need not take
    /// constant time.
    #[must_use]
    pub fn include(&self, stored: &RequestMac) -> bool {
        std::iter::once(&self.current).chain(&self.previous).any(|mac| mac == stored)
    }
}

/// A response as its caller reads it, without the headers that every response has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// The media type of the body. `None` without a body.
    pub content_type: Option<String>,
    /// The body. It is text in every dialect.
    pub body: String,
}

/// An idempotency key to insert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The digest of the key and its owner.
    pub digest: KeyDigest,
    /// The MAC of the request.
    pub request: RequestMac,
    /// The account of the request, if it is known.
    pub account: Option<AccountId>,
    /// When the request is performed.
    pub created_at: Timestamp,
}

/// The stored answer of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The MAC of the request.
    pub request: RequestMac,
    /// When the request was performed.
    pub created_at: Timestamp,
    /// The answer, which a repeated request gets again.
    pub answer: Answer,
}

/// By default, answers from this moment or before are stale at `now`: they are no longer returned.
#[must_use]
pub fn stale_at(now: Timestamp) -> Timestamp {
    now - RETENTION
}
