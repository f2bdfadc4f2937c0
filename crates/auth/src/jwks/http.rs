use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use reqwest::{Certificate, Client, StatusCode, redirect};

use super::{
    fetch_error::FetchError,
    url::{JwksUrl, Transport},
};

/// The maximum length of a response body in octets.
const MAX_BODY_OCTETS: usize = 256 * 1024;

/// The addresses of this machine. The port comes from the URL.
const LOOPBACK: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];

/// Builds the client for one URL.
pub(super) fn client(url: &JwksUrl, timeout: Duration) -> Result<Client, FetchError> {
    let client = Client::builder()
        .user_agent(concat!("usher/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        // Keys come from the configured URL only.
        .redirect(redirect::Policy::none())
        // Fetches are minutes apart. A kept connection would also tie its task to the runtime of the first caller.
        .pool_max_idle_per_host(0);
    let client = match url.transport {
        Transport::Https => client.https_only(true),
        Transport::Insecure => client,
        Transport::Loopback => {
            // Loopback needs no proxy, and plain HTTP needs no root certificates.
            let client = client.no_proxy().tls_certs_only(std::iter::empty::<Certificate>());
            // `localhost` and the names under it are not resolved: some resolvers do not map them to loopback, and a
            // malicious resolver could redirect the fetch to a server with other keys.
            client.resolve_to_addrs(url.url.host_str().unwrap_or_default(), &LOOPBACK)
        }
    };
    Ok(client.build()?)
}

/// The body of a response with status 200.
pub(super) async fn get(client: &Client, url: &JwksUrl) -> Result<Vec<u8>, FetchError> {
    let mut response = client.get(url.url.clone()).send().await?;
    if response.status() != StatusCode::OK {
        return Err(FetchError::Status(response.status()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_BODY_OCTETS {
            return Err(FetchError::TooLarge { maximum: MAX_BODY_OCTETS });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
