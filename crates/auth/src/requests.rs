use std::fmt;

use aws_lc_rs::hmac;
use usher_domain::{
    idempotency::{KeyDigest, RequestMac, RequestMacs},
    port::RequestFingerprints,
};

use crate::{digest::sha256, secret::SecretRing};

/// Separates this use of a server secret from every other use, as in `links`.
const LABEL: &[u8] = b"usher idempotent request v1";

/// Fingerprints of requests: HMAC-SHA256 under a subkey of each server secret for requests, SHA-256 for idempotency keys.
pub struct RequestKeys {
    current: hmac::Key,
    previous: Vec<hmac::Key>,
}

impl RequestKeys {
    /// Derives one subkey of each server secret.
    #[must_use]
    pub fn new(secrets: &SecretRing) -> Self {
        let previous = secrets.previous().iter().map(|secret| secret.subkey(LABEL)).collect();
        Self { current: secrets.current().subkey(LABEL), previous }
    }
}

impl RequestFingerprints for RequestKeys {
    fn request_macs(&self, parts: &[&[u8]]) -> RequestMacs {
        let previous = self.previous.iter().map(|key| mac(key, parts)).collect();
        RequestMacs { current: mac(&self.current, parts), previous }
    }

    fn key_digest(&self, parts: &[&[u8]]) -> KeyDigest {
        let mut text = Vec::new();
        length_prefixed(parts, |octets| text.extend_from_slice(octets));
        KeyDigest::new(sha256(&text))
    }
}

fn mac(key: &hmac::Key, parts: &[&[u8]]) -> RequestMac {
    let mut mac = hmac::Context::with_key(key);
    length_prefixed(parts, |octets| mac.update(octets));
    RequestMac::new(mac.sign().as_ref())
}

/// Passes each part to `update`, preceded by its length in octets as a 64-bit big-endian integer.
fn length_prefixed(parts: &[&[u8]], mut update: impl FnMut(&[u8])) {
    for part in parts {
        update(&(part.len() as u64).to_be_bytes());
        update(part);
    }
}

impl fmt::Debug for RequestKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestKeys").field("previous", &self.previous.len()).finish_non_exhaustive()
    }
}
