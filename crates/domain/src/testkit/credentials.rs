//! The ports of credentials without cryptography. Anyone can read and forge what they return.

use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::{Mutex, PoisonError},
};

use crate::{
    Timestamp,
    account::AccountName,
    address::EmailAddress,
    id::PersonId,
    idempotency::{KeyDigest, RequestMac, RequestMacs},
    person::{Password, PasswordHash},
    port::{
        AuthenticateFuture, Authenticator, HashingError, PasswordHasher, RequestFingerprints, SignedToken,
        TokenError, TokenRequest, TokenSigner,
    },
    principal::{Credential, Principal},
};

/// Hashes that consist of a marker and the password.
#[derive(Debug, Default, Clone, Copy)]
pub struct PlainHasher;

impl PlainHasher {
    /// The hash of a password.
    #[must_use]
    pub fn hash_of(password: &str) -> PasswordHash {
        PasswordHash::new(format!("$plain${password}"))
    }
}

impl PasswordHasher for PlainHasher {
    fn hash(&self, password: &Password) -> Result<PasswordHash, HashingError> {
        Ok(Self::hash_of(password.reveal()))
    }

    fn verify(&self, hash: Option<&PasswordHash>, presented: &str) -> Result<bool, HashingError> {
        Ok(hash == Some(&Self::hash_of(presented)))
    }
}

/// Fingerprints without a secret. Different parts have different fingerprints, which is good enough for tests.
#[derive(Debug, Default, Clone, Copy)]
pub struct PlainFingerprints;

impl RequestFingerprints for PlainFingerprints {
    fn request_macs(&self, parts: &[&[u8]]) -> RequestMacs {
        let octets: Vec<u8> = parts.iter().flat_map(|part| with_length(part)).collect();
        RequestMacs { current: RequestMac::new(&octets), previous: Vec::new() }
    }

    fn key_digest(&self, parts: &[&[u8]]) -> KeyDigest {
        let mut octets = [0; 32];
        for (number, chunk) in (0_u8..).zip(octets.chunks_mut(8)) {
            let mut hasher = DefaultHasher::new();
            (number, parts).hash(&mut hasher);
            chunk.copy_from_slice(&hasher.finish().to_be_bytes());
        }
        KeyDigest::new(octets)
    }
}

fn with_length(part: &[u8]) -> impl Iterator<Item = u8> {
    part.len().to_be_bytes().into_iter().chain(part.iter().copied())
}

/// Tokens that consist of their claims. [`PlainAuthenticator`] reads them.
#[derive(Debug, Default, Clone, Copy)]
pub struct PlainSigner;

impl TokenSigner for PlainSigner {
    fn sign(&self, request: &TokenRequest<'_>, now: Timestamp) -> SignedToken {
        let TokenRequest { email, email_verified, person_id, account, lifetime } = request;
        let expires_at = now + *lifetime;
        let account = account.map(AccountName::as_str).unwrap_or_default();
        // The address comes last, because it contains dots.
        let (issued_at, end) = (now.timestamp_micros(), expires_at.timestamp_micros());
        let text = format!("plain.{issued_at}.{end}.{email_verified}.{person_id}.{account}.{email}");
        SignedToken::new(text, expires_at)
    }
}

/// Knows the tokens of [`PlainAuthenticator::set`], and accepts those of [`PlainSigner`].
#[derive(Debug, Default)]
pub struct PlainAuthenticator(Mutex<BTreeMap<String, Result<Credential, TokenError>>>);

impl PlainAuthenticator {
    /// Sets the result for `token`.
    pub fn set(&self, token: &str, result: Result<Credential, TokenError>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(token.to_owned(), result);
    }

    fn known(&self, token: &str) -> Option<Result<Credential, TokenError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }
}

impl Authenticator for PlainAuthenticator {
    fn authenticate<'a>(&'a self, token: &'a str, now: Timestamp) -> AuthenticateFuture<'a> {
        let unknown = || TokenError::Invalid {
            reason: "unknown_token",
            message: "the token is not one of this test's".to_owned(),
        };
        Box::pin(async move {
            if let Some(result) = self.known(token) {
                return result;
            }
            let (expires_at, principal) = read(token).ok_or_else(unknown)?;
            if expires_at <= now { Err(TokenError::Expired) } else { Ok(Credential::Principal(principal)) }
        })
    }
}

/// The claims of a token of [`PlainSigner`].
fn read(token: &str) -> Option<(Timestamp, Principal)> {
    let mut fields = token.strip_prefix("plain.")?.splitn(6, '.');
    let mut next = || fields.next();
    let issued_at = Timestamp::from_timestamp_micros(next()?.parse().ok()?);
    let expires_at = Timestamp::from_timestamp_micros(next()?.parse().ok()?)?;
    let email_verified = next()?.parse().ok()?;
    let person_id = Some(PersonId::new(next()?.parse().ok()?));
    let account = match next()? {
        "" => None,
        name => Some(AccountName::parse(name).ok()?),
    };
    let email = EmailAddress::parse(next()?).ok()?;
    Some((
        expires_at,
        Principal { email, email_verified, person_id, account, accounts: None, issued_at, name: None },
    ))
}
