use std::sync::Arc;

use jsonwebtoken::Algorithm;

use super::VerificationKey;

/// Why a set has no key for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Miss {
    /// The set knows no such key; a newer set may.
    Unknown,
    /// The key is there, for another algorithm.
    Algorithm,
    /// More than one key fits, and guessing is not for us.
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

    /// The one key that a token's header asks for.
    pub(crate) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Arc<VerificationKey>, Miss> {
        match self.fitting(kid, algorithm)?.as_slice() {
            [key] => Ok(Arc::clone(key)),
            _ => Err(Miss::Ambiguous),
        }
    }

    /// The keys that a token's header asks for, where an operator wrote the set: keys without a `kid` stand side by side,
    /// such as the old and the new one while they rotate, and each of them may have signed the token.
    pub(crate) fn find_each(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<&Arc<VerificationKey>>, Miss> {
        let fitting = self.fitting(kid, algorithm)?;
        let side_by_side = fitting.len() == 1 || fitting.iter().all(|key| key.kid().is_none());
        if side_by_side { Ok(fitting) } else { Err(Miss::Ambiguous) }
    }

    /// All keys that a token's header could mean; at least one, and of its algorithm only.
    ///
    /// A `kid` is compared, and used for nothing else. A key without one stands for every kid that no other key of the
    /// set has. A token without one is for any key of its algorithm.
    fn fitting(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Vec<&Arc<VerificationKey>>, Miss> {
        let named = kid.is_some() && self.0.iter().any(|key| key.kid() == kid);
        let asked_for = |key: &VerificationKey| kid.is_none() || key.kid() == kid.filter(|_| named);
        let keys = self.0.iter().filter(|key| asked_for(key) && key.algorithm() == algorithm);
        let keys: Vec<_> = keys.collect();
        match (keys.is_empty(), named) {
            (false, _) => Ok(keys),
            (true, true) => Err(Miss::Algorithm),
            (true, false) => Err(Miss::Unknown),
        }
    }
}
