//! `Idempotency-Key`: a client that lost the response sends the request again and gets the first response
//! (draft-ietf-httpapi-idempotency-key-header).

mod in_flight;
mod owner;

use std::sync::Arc;

use in_flight::{Entered, InFlight};
pub(crate) use owner::Owner;
use usher_domain::{
    id::AccountId,
    idempotency::RequestMacs,
    port::RequestFingerprints,
    usecase::idempotency::{KeyError, Keyed},
};

/// The key of a request, with fingerprints of the request.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    text: String,
    request: RequestMacs,
}

/// Tells repeated requests from new ones.
#[derive(Clone)]
pub(crate) struct IdempotencyGuard {
    fingerprints: Arc<dyn RequestFingerprints>,
    in_flight: InFlight,
}

/// The key of a request that is in flight, until this is dropped.
#[derive(Debug)]
pub(crate) struct GuardedKey {
    key: IdempotencyKey,
    _entered: Entered,
}

impl IdempotencyGuard {
    pub(crate) fn new(fingerprints: Arc<dyn RequestFingerprints>) -> Self {
        Self { fingerprints, in_flight: InFlight::default() }
    }

    /// The key of a request whose parts, such as method, path, query and body, are these.
    pub(crate) fn key(&self, text: String, parts: &[&[u8]]) -> IdempotencyKey {
        IdempotencyKey { text, request: self.fingerprints.request_macs(parts) }
    }

    /// Marks the key as in flight. Fails when another request with it is in this process. Two credentials of one member
    /// give two digests here; the database then detects the second request.
    pub(crate) fn enter(&self, key: IdempotencyKey, owner: &Owner<'_>) -> Result<GuardedKey, KeyError> {
        let digest = owner.digest(self.fingerprints.as_ref(), &key.text);
        let entered = self.in_flight.enter(digest).ok_or(KeyError::InFlight)?;
        Ok(GuardedKey { key, _entered: entered })
    }

    /// The key as the domain expects it, after the caller was identified.
    pub(crate) fn keyed(&self, guarded: &GuardedKey, owner: &Owner<'_>, account: Option<AccountId>) -> Keyed {
        let GuardedKey { key, .. } = guarded;
        let digest = owner.digest(self.fingerprints.as_ref(), &key.text);
        Keyed { key: digest, request: key.request.clone(), account }
    }
}

impl std::fmt::Debug for IdempotencyGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdempotencyGuard").finish_non_exhaustive()
    }
}
