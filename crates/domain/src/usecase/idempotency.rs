//! Perform a request with an idempotency key only once. Its answer is stored with its work, and returned when the request is
//! repeated.

use super::unit_error;
use crate::{
    env::Env,
    id::AccountId,
    idempotency::{Answer, KeyDigest, NewKey, RequestMacs},
    port::{StoreError, Tx},
};

/// A request with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// The key with its owner.
    pub key: KeyDigest,
    /// Fingerprints of its content.
    pub request: RequestMacs,
    /// The account of the request, if it is known.
    pub account: Option<AccountId>,
}

/// Why a request with a key is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The first request with the key is still in progress.
    #[error("a request with this Idempotency-Key is in progress; send it again in a moment")]
    InFlight,
    /// The key was used for another request.
    #[error("this Idempotency-Key was used for another request; choose a new key for each request")]
    OtherRequest,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(KeyError {
    Self::InFlight => "key_in_flight",
    Self::OtherRequest => "key_of_other_request",
});

/// Takes the key for a request. Returns the stored answer if the same request was performed before. Otherwise the caller
/// performs the request and calls [`keep`] in the same unit.
pub fn take(tx: &mut dyn Tx, env: &Env, keyed: &Keyed) -> Result<Option<Answer>, KeyError> {
    let now = env.now();
    let stale = now - env.policy.retention.idempotency_keys;
    let key = NewKey {
        digest: keyed.key.clone(),
        request: keyed.request.current.clone(),
        account: keyed.account,
        created_at: now,
    };
    if tx.take_key(&key, stale)? {
        return Ok(None);
    }
    let kept =
        tx.kept_answer(&keyed.key)?.filter(|kept| kept.created_at > stale).ok_or(KeyError::InFlight)?;
    if keyed.request.include(&kept.request) { Ok(Some(kept.answer)) } else { Err(KeyError::OtherRequest) }
}

/// Stores the answer of the request that took the key.
pub fn keep(tx: &mut dyn Tx, keyed: &Keyed, answer: &Answer) -> Result<(), StoreError> {
    tx.keep_answer(&keyed.key, answer)
}

/// Deletes up to `limit` answers that are older than the retention period, and returns their number. Run it until it returns
/// less than `limit`.
pub fn forget_stale(tx: &mut dyn Tx, env: &Env, limit: u32) -> Result<usize, StoreError> {
    tx.forget_answers(env.now() - env.policy.retention.idempotency_keys, limit)
}
