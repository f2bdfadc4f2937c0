use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use reqwest::{Certificate, Client, StatusCode, redirect};
use serde::Deserialize;
use serde_json::Value;
use url::Position;

use super::url::JwksUrl;
use crate::keys::{Jwk, KeySet};

/// From the first octet of the request to the last octet of the response.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum length of a response body in octets.
const MAX_BODY_OCTETS: usize = 256 * 1024;
/// The maximum number of keys in a set.
const MAX_KEYS: usize = 64;

/// The addresses of this machine. The port comes from the URL.
const LOOPBACK: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];

/// Why a key set could not be fetched. The messages are logged.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{0}")]
    Http(String),
    #[error("the response has status {0}")]
    Status(StatusCode),
    #[error("the response is larger than {MAX_BODY_OCTETS} bytes")]
    TooLarge,
    #[error("the response is not a JSON Web Key Set")]
    NotKeySet,
    #[error("the set has more than {MAX_KEYS} keys")]
    TooManyKeys,
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        // The causes name the reason, such as an unknown certificate.
        let error = error.without_url();
        let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
        Self::Http(causes.map(ToString::to_string).collect::<Vec<_>>().join(": "))
    }
}

/// Fetches one URL.
pub(super) struct Fetcher {
    client: Client,
    url: JwksUrl,
}

impl Fetcher {
    pub(super) fn new(url: JwksUrl) -> Result<Self, FetchError> {
        let client = Client::builder()
            .user_agent(concat!("usher/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            // Keys come from the configured URL only.
            .redirect(redirect::Policy::none())
            // Fetches are minutes apart. A kept connection would also tie its task to the runtime of the first caller.
            .pool_max_idle_per_host(0);
        let client = if url.loopback {
            // Loopback needs no proxy, and plain HTTP needs no root certificates.
            let client = client.no_proxy().tls_certs_only(std::iter::empty::<Certificate>());
            // `localhost` and the names under it are not resolved: some resolvers do not map them to loopback, and a
            // malicious resolver could redirect the fetch to a server with other keys.
            client.resolve_to_addrs(url.url.host_str().unwrap_or_default(), &LOOPBACK)
        } else {
            client.https_only(true)
        };
        Ok(Self { client: client.build()?, url })
    }

    /// The URL for the log. It leaves out the query, which may contain API keys.
    pub(super) fn address(&self) -> &str {
        &self.url.url[..Position::AfterPath]
    }

    pub(super) async fn fetch(&self) -> Result<KeySet, FetchError> {
        let mut response = self.client.get(self.url.url.clone()).send().await?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_BODY_OCTETS {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        parse(&body)
    }
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

/// Takes the usable keys and skips the others: sets may contain keys for encryption and keys of unknown types (RFC 7517, 5).
fn parse(body: &[u8]) -> Result<KeySet, FetchError> {
    let document: JwkSet = serde_json::from_slice(body).map_err(|_| FetchError::NotKeySet)?;
    if document.keys.len() > MAX_KEYS {
        return Err(FetchError::TooManyKeys);
    }
    let usable = document.keys.into_iter().filter_map(|key| {
        let key = serde_json::from_value::<Jwk>(key).ok()?;
        key.into_key().inspect_err(|fault| tracing::debug!(%fault, "published key skipped")).ok()
    });
    Ok(KeySet::new(usable.collect()))
}
