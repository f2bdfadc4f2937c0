use std::sync::Arc;

use jsonwebtoken::Algorithm;

use super::VerificationKey;

/// Why a key set has no key for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LookupError {
    /// The set has no such key. A newer set may have it.
    Unknown,
    /// The key has another algorithm.
    Algorithm,
    /// More than one key matches.
    Ambiguous,
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

    /// The only key that matches a token's header.
    pub(crate) fn find(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Arc<VerificationKey>, LookupError> {
        match self.matching(kid, algorithm)?.as_slice() {
            [key] => Ok(Arc::clone(key)),
            _ => Err(LookupError::Ambiguous),
        }
    }

    /// All keys that match a token's header. Several keys may match only if none of them has a `kid`, such as the old
    /// and the new key that an operator configures during a rotation.
    pub(crate) fn find_all(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<&Arc<VerificationKey>>, LookupError> {
        let matching = self.matching(kid, algorithm)?;
        let unambiguous = matching.len() == 1 || matching.iter().all(|key| key.kid().is_none());
        if unambiguous { Ok(matching) } else { Err(LookupError::Ambiguous) }
    }

    /// All keys that a token's header could refer to: at least one, and only keys of its algorithm.
    ///
    /// A `kid` is only compared. A key without a `kid` matches every `kid` that no other key of the set has. A token without
    /// a `kid` matches every key of its algorithm.
    fn matching(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<&Arc<VerificationKey>>, LookupError> {
        let named = kid.is_some() && self.0.iter().any(|key| key.kid() == kid);
        let has_kid = |key: &VerificationKey| kid.is_none() || key.kid() == kid.filter(|_| named);
        let keys = self.0.iter().filter(|key| has_kid(key) && key.algorithm() == algorithm);
        let keys: Vec<_> = keys.collect();
        match (keys.is_empty(), named) {
            (false, _) => Ok(keys),
            (true, true) => Err(LookupError::Algorithm),
            (true, false) => Err(LookupError::Unknown),
        }
    }
}
