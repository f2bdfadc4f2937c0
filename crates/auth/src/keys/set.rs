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
    ///
    /// A `kid` is compared, and used for nothing else. A key without one stands for every kid that no other key of the
    /// set has. A token without one is for the only key of its algorithm.
    pub(crate) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Arc<VerificationKey>, Miss> {
        let named = kid.is_some() && self.0.iter().any(|key| key.kid() == kid);
        let mut fitting = self.0.iter().filter(|key| {
            let asked_for = kid.is_none() || key.kid() == kid.filter(|_| named);
            asked_for && key.algorithm() == algorithm
        });
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(Arc::clone(key)),
            (Some(_), Some(_)) => Err(Miss::Ambiguous),
            (None, _) if named => Err(Miss::Algorithm),
            (None, _) => Err(Miss::Unknown),
        }
    }
}
