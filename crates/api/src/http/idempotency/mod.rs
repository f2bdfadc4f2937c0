//! `Idempotency-Key`: a caller who does not know what became of a request sends it again, and gets the first answer again
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! A handler reads the key of its request with [`Repeats::key`] and hands it on in a [`Call`](super::call::Call); what is
//! done with it, for every write alike, is in [`super::unit`].

mod answered;
mod header;
mod in_flight;
mod owner;

use actix_web::HttpRequest;
use usher_auth::RequestKeys;
use usher_domain::{
    id::AccountId,
    idempotency::RequestMacs,
    usecase::idempotency::{KeyError, Keyed},
};

pub use answered::Answered;
pub use header::{HeaderError, IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED};
use in_flight::{InFlight, Place};
pub use owner::Owner;

/// Tells requests that come again from new ones.
#[derive(Debug)]
pub struct Repeats {
    requests: RequestKeys,
    in_flight: InFlight,
}

/// The key of a request, and what the request says.
#[derive(Debug)]
pub struct RequestKey {
    text: String,
    request: RequestMacs,
}

/// The key of a request that is in flight, until this is dropped.
#[derive(Debug)]
pub struct Ticket {
    key: RequestKey,
    _place: Place,
}

impl Repeats {
    /// With nothing in flight.
    #[must_use]
    pub fn new(requests: RequestKeys) -> Self {
        Self { requests, in_flight: InFlight::default() }
    }

    /// The key of a request, if it has one and its body could be read: a request that cannot be read is refused, and what
    /// was refused is judged anew.
    pub fn key(&self, request: &HttpRequest, body: Option<&[u8]>) -> Result<Option<RequestKey>, HeaderError> {
        let (Some(text), Some(body)) = (header::read(request.headers())?, body) else { return Ok(None) };
        let (method, uri) = (request.method().as_str(), request.uri());
        let query = uri.query().unwrap_or_default();
        let parts = [method, uri.path(), query].map(str::as_bytes);
        let [method, path, query] = parts;
        Ok(Some(RequestKey { text, request: self.requests.macs(&[method, path, query, body]) }))
    }

    /// Lets a request with a key in, unless another one with it is in this process. `owner` is who presents it: one who is
    /// presented in two ways meets the other request only in the database.
    pub fn admit(&self, key: RequestKey, owner: &Owner<'_>) -> Result<Ticket, KeyError> {
        let place = self.in_flight.enter(owner.digest(&key.text)).ok_or(KeyError::InFlight)?;
        Ok(Ticket { key, _place: place })
    }
}

impl Ticket {
    /// The request as a use case takes it, once it is known whose it is.
    #[must_use]
    pub fn keyed(&self, owner: &Owner<'_>, account: Option<AccountId>) -> Keyed {
        Keyed { key: owner.digest(&self.key.text), request: self.key.request.clone(), account }
    }
}
