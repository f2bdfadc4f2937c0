use std::net::IpAddr;

use url::Url;

/// Whether the URL's host is this machine: a loopback address, `localhost` or a name under `localhost` (RFC 6761, 6.3).
/// Accepts URLs of every scheme.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_lowercase();
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_and_names_under_localhost_are_this_machine() {
        for (url, loopback) in [
            ("http://localhost:8080", true),
            ("http://LOCALHOST/", true),
            ("http://usher.localhost/", true),
            ("http://127.0.0.1", true),
            ("http://127.8.9.10/", true),
            ("http://[::1]:80/", true),
            ("smtp://[::ffff:127.0.0.1]:25", true),
            ("smtp://127.0.0.1:25", true),
            ("smtp://localhost", true),
            ("http://localhost.example.com", false),
            ("http://notlocalhost", false),
            ("http://127.0.0.1.example.com", false),
            ("http://10.0.0.1", false),
            ("smtp://[2001:db8::1]", false),
            ("http://0.0.0.0", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), loopback, "{url}");
        }
    }
}
