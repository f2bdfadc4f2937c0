//! The address of the client, behind proxies that are trusted to tell it.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use actix_web::{HttpRequest, http::header::HeaderName};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The networks of the proxies whose `X-Forwarded-For` is believed. The composition root adds it to the server as application
/// data. Without it, no proxy is trusted.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// Trusts the proxies in these networks.
    #[must_use]
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.into())
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Each proxy appends the address that it was connected from, so only the entries that trusted proxies appended are true.
    /// The walk begins at the connection and ends at the first address that is not a trusted proxy, or before the first
    /// entry that is not an address.
    fn client(&self, peer: IpAddr, forwarded: &[&[u8]]) -> IpAddr {
        let mut client = peer;
        for entry in forwarded.iter().rev().flat_map(|line| line.rsplit(|octet| *octet == b',')) {
            if !self.contains(client) {
                break;
            }
            let Some(previous) = address(entry) else { break };
            client = previous;
        }
        client
    }
}

/// Returns the address of the client: of the connection, or the one that `X-Forwarded-For` names if trusted proxies are in
/// between. An IPv4 address that is mapped to IPv6 is returned as IPv4. A request without a connection, as in tests, has the
/// address 0.0.0.0.
#[must_use]
pub fn client_address(request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
    let Some(trusted) = request.app_data::<TrustedProxies>().filter(|trusted| trusted.contains(peer)) else {
        return peer;
    };
    let lines = request.headers().get_all(X_FORWARDED_FOR);
    let lines: Vec<&[u8]> = lines.map(actix_web::http::header::HeaderValue::as_bytes).collect();
    trusted.client(peer, &lines)
}

/// Parses an entry: an address, or an address and a port, as some proxies write it.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let bare = || text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text).parse();
    let address = bare().or_else(|_| text.parse().map(|with_port: SocketAddr| with_port.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    /// The client of a connection from `peer` that has these header lines. The proxies `10.0.0.0/8` and `fd00::/8` are trusted.
    #[track_caller]
    fn client(peer: &str, lines: &[&str]) -> String {
        let networks = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap());
        let request = TestRequest::default().app_data(TrustedProxies::new(&networks));
        of(request, peer, lines)
    }

    fn of(request: TestRequest, peer: &str, lines: &[&str]) -> String {
        let request = request.peer_addr(peer.parse().unwrap());
        let request =
            lines.iter().fold(request, |request, line| request.append_header((X_FORWARDED_FOR, *line)));
        client_address(&request.to_http_request()).to_string()
    }

    #[test]
    fn without_trusted_proxies_the_client_is_the_peer() {
        assert_eq!(of(TestRequest::default(), "10.0.0.1:4000", &["203.0.113.7"]), "10.0.0.1");
        assert_eq!(client_address(&TestRequest::default().to_http_request()).to_string(), "0.0.0.0");
    }

    #[test]
    fn a_stranger_cannot_choose_an_address() {
        assert_eq!(client("198.51.100.9:4000", &["203.0.113.7"]), "198.51.100.9", "no trusted proxy");
        assert_eq!(client("10.0.0.1:4000", &["203.0.113.7, 198.51.100.9"]), "198.51.100.9", "prepended");
        assert_eq!(client("10.0.0.1:4000", &["10.6.6.6, 198.51.100.9"]), "198.51.100.9", "a proxy's address");
    }

    #[test]
    fn the_walk_passes_trusted_proxies_only() {
        assert_eq!(client("10.0.0.1:4000", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(
            client("10.0.0.1:4000", &["198.51.100.9, 203.0.113.7 , 10.0.0.2,10.0.0.3"]),
            "203.0.113.7"
        );
        assert_eq!(client("10.0.0.1:4000", &["203.0.113.7", "10.0.0.2"]), "203.0.113.7", "several lines");
        assert_eq!(client("10.0.0.1:4000", &["10.0.0.9, 10.0.0.2"]), "10.0.0.9", "proxies only");
        assert_eq!(client("10.0.0.1:4000", &[]), "10.0.0.1", "a request of the proxy itself");
    }

    #[test]
    fn a_malformed_entry_ends_the_walk() {
        for entry in
            ["", "unknown", "_hidden", "203.0.113", "203.0.113.7:x", "::ffff:", "203.0.113.7 10.0.0.2"]
        {
            assert_eq!(client("10.0.0.1:4000", &[&format!("203.0.113.7, {entry}")]), "10.0.0.1", "{entry:?}");
            let behind = format!("203.0.113.7, {entry}, 10.0.0.2");
            assert_eq!(client("10.0.0.1:4000", &[&behind]), "10.0.0.2", "{entry:?}");
        }
    }

    #[test]
    fn addresses_have_one_form() {
        for (entry, address) in [
            ("203.0.113.7:51000", "203.0.113.7"),
            ("[2001:db8::7]:51000", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("2001:DB8:0::7", "2001:db8::7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
        ] {
            assert_eq!(client("10.0.0.1:4000", &[entry]), address);
        }
        assert_eq!(
            client("[::ffff:10.0.0.1]:4000", &["203.0.113.7"]),
            "203.0.113.7",
            "a dual-stack listener"
        );
        assert_eq!(client("[fd00::1]:4000", &["203.0.113.7"]), "203.0.113.7");
    }
}
