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

/// From the first octet of the request to the last one of the answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Most octets of an answer.
const MAX_BODY_OCTETS: usize = 256 * 1024;
/// Most keys of a set.
const MAX_KEYS: usize = 64;

/// This machine. The port is the URL's.
const LOOPBACK: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];

/// Why a key set was not fetched, for the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{0}")]
    Http(String),
    #[error("the answer has status {0}")]
    Status(StatusCode),
    #[error("the answer is larger than {MAX_BODY_OCTETS} bytes")]
    TooLarge,
    #[error("the answer is not a JSON Web Key Set")]
    NotKeySet,
    #[error("the set has more than {MAX_KEYS} keys")]
    TooManyKeys,
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        // The error alone says little; its causes name the reason, such as an unknown certificate.
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
            // Keys come from the configured URL and no other.
            .redirect(redirect::Policy::none())
            // One request in minutes is not worth an open connection, whose task would belong to the runtime of
            // whoever asked first.
            .pool_max_idle_per_host(0);
        let client = if url.loopback {
            // No proxy is nearer than this machine, and plain HTTP needs no root certificates to be installed.
            let client = client.no_proxy().tls_certs_only(std::iter::empty::<Certificate>());
            // Nobody is asked where `localhost` and the names under it are: not every resolver knows that they are here,
            // and whoever answers for them could make keys of their own.
            client.resolve_to_addrs(url.url.host_str().unwrap_or_default(), &LOOPBACK)
        } else {
            client.https_only(true)
        };
        Ok(Self { client: client.build()?, url })
    }

    /// For the log: without a query, where some put keys.
    pub(super) fn address(&self) -> &str {
        &self.url.url[..Position::AfterPath]
    }

    pub(super) async fn fetch(&self) -> Result<KeySet, FetchError> {
        let mut answer = self.client.get(self.url.url.clone()).send().await?;
        if answer.status() != StatusCode::OK {
            return Err(FetchError::Status(answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_BODY_OCTETS {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        parse(&body)
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// Takes the keys that can be used. One that cannot does not spoil the others: sets hold keys for encryption, and of
/// kinds that are yet to come (RFC 7517, 5).
fn parse(body: &[u8]) -> Result<KeySet, FetchError> {
    let document: Document = serde_json::from_slice(body).map_err(|_| FetchError::NotKeySet)?;
    if document.keys.len() > MAX_KEYS {
        return Err(FetchError::TooManyKeys);
    }
    let usable = document.keys.into_iter().filter_map(|key| {
        let key = serde_json::from_value::<Jwk>(key).ok()?;
        key.into_key().inspect_err(|fault| tracing::debug!(%fault, "a published key is not used")).ok()
    });
    Ok(KeySet::new(usable.collect()))
}
