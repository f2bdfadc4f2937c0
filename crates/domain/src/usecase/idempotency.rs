//! Do a request once, however often it comes: the first one's answer is kept with its work, and given again.

use super::unit_error;
use crate::{
    env::Env,
    id::AccountId,
    idempotency::{Answer, KeyDigest, NewKey, RequestMacs, stale_at},
    port::{StoreError, Tx},
};

/// A request that came with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// Its key, and whose it is.
    pub key: KeyDigest,
    /// What it says.
    pub request: RequestMacs,
    /// The account that it is done in, if that is known.
    pub account: Option<AccountId>,
}

/// Why a request with a key is neither done nor answered again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The first request with the key has no answer yet.
    #[error("a request with this Idempotency-Key is being worked on; send it again in a moment")]
    InFlight,
    /// The key came with another request before.
    #[error("this Idempotency-Key came with another request before; choose a new key for a new request")]
    OtherRequest,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(KeyError {
    Self::InFlight => "key_in_flight",
    Self::OtherRequest => "key_of_other_request",
});

/// Takes the key, for work that ends with [`keep`] in the same unit. `Some` is the answer that the same request got before:
/// then there is nothing to do.
pub fn take(tx: &mut dyn Tx, env: &Env, keyed: &Keyed) -> Result<Option<Answer>, KeyError> {
    let now = env.now();
    let stale = stale_at(now);
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

/// Keeps the answer of the work that was done under the key.
pub fn keep(tx: &mut dyn Tx, keyed: &Keyed, answer: &Answer) -> Result<(), StoreError> {
    tx.keep_answer(&keyed.key, answer)
}

/// Deletes up to `limit` answers that are too old to be given again; answers how many. Idempotent: run it until it answers
/// less than `limit`.
pub fn forget_stale(tx: &mut dyn Tx, env: &Env, limit: u32) -> Result<usize, StoreError> {
    tx.forget_answers(stale_at(env.now()), limit)
}
