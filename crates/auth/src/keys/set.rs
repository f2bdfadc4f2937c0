use std::sync::Arc;

use super::{Algorithm, VerificationKey};

/// The maximum number of keys that are tried for one token. It bounds the work that a token without a `kid` causes.
const MAX_TRIED: usize = 16;

/// Why a key set has no key for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LookupError {
    /// The set has no such key. A newer set may have it.
    Unknown,
    /// The key with the token's `kid` has other algorithms.
    Algorithm,
}

/// The public keys of one issuer.
#[derive(Debug, Default)]
pub(crate) struct KeySet(Vec<Arc<VerificationKey>>);

impl KeySet {
    pub(crate) fn new(keys: Vec<VerificationKey>) -> Self {
        Self(keys.into_iter().map(Arc::new).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a key has this `kid`.
    pub(crate) fn has_kid(&self, kid: &str) -> bool {
        self.0.iter().any(|key| key.kid() == Some(kid))
    }

    /// The keys to try for a token: at least one, at most [`MAX_TRIED`], and only keys with the token's algorithm.
    ///
    /// A `kid` is only compared. A key without a `kid` matches every `kid` that no other key of the set has. A token without
    /// a `kid` matches every key with its algorithm.
    pub(crate) fn find(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<Arc<VerificationKey>>, LookupError> {
        let named = kid.is_some_and(|kid| self.has_kid(kid));
        let has_kid = |key: &VerificationKey| kid.is_none() || key.kid() == kid.filter(|_| named);
        let keys = self.0.iter().filter(|key| has_kid(key) && key.has_algorithm(algorithm));
        let keys: Vec<_> = keys.take(MAX_TRIED).map(Arc::clone).collect();
        match (keys.is_empty(), named) {
            (false, _) => Ok(keys),
            (true, true) => Err(LookupError::Algorithm),
            (true, false) => Err(LookupError::Unknown),
        }
    }
}
