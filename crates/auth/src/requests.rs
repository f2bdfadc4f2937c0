use std::fmt;

use aws_lc_rs::hmac;
use usher_domain::idempotency::{RequestMac, RequestMacs};

use crate::secret::SecretRing;

/// Separates this use of a server secret from every other, as in `links`.
const LABEL: &[u8] = b"usher idempotent request v1";

/// Makes MACs over requests: HMAC-SHA256 under a subkey of each server secret.
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

    /// The MACs of a request. Its parts are told apart: no part can run over into the next.
    #[must_use]
    pub fn macs(&self, parts: &[&[u8]]) -> RequestMacs {
        let previous = self.previous.iter().map(|key| mac(key, parts)).collect();
        RequestMacs { current: mac(&self.current, parts), previous }
    }
}

fn mac(key: &hmac::Key, parts: &[&[u8]]) -> RequestMac {
    let mut mac = hmac::Context::with_key(key);
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    RequestMac::new(mac.sign().as_ref())
}

impl fmt::Debug for RequestKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestKeys").field("previous", &self.previous.len()).finish_non_exhaustive()
    }
}
