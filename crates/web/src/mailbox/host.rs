use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    http::{header::HOST, uri::Authority},
};

/// Whether the request was made to a loopback host.
///
/// Listening on loopback is not enough: a website can point its own name to 127.0.0.1 (DNS rebinding), and its script could then
/// read the mailbox. But no script can change the `Host` that the browser sends.
pub(super) fn is_this_machine(request: &HttpRequest) -> bool {
    let mut hosts = request.headers().get_all(HOST).peekable();
    let loopback = hosts.peek().is_some() && hosts.all(|host| host.to_str().is_ok_and(is_loopback));
    // A request to a proxy has the host in its target too.
    loopback && request.uri().authority().is_none_or(|authority| is_loopback(authority.as_str()))
}

fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    if host.contains('@') {
        return false;
    }
    let name = authority.host();
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn loopback_hosts_are_this_machine() {
        for host in
            ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:8080", "127.3.2.1", "[::1]", "[::1]:80"]
        {
            assert!(is_loopback(host), "{host}");
        }
    }

    #[test]
    fn other_hosts_are_not_this_machine() {
        for host in [
            "",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "10.0.0.1",
            "0.0.0.0",
            "[::]",
            "localhost@example.com",
            "example.com@localhost",
            "127.1",
            "2130706433",
            "localhost, example.com",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn every_host_of_a_request_has_to_be_loopback() {
        let request = |hosts: &[&'static str]| {
            hosts.iter().fold(TestRequest::default(), |request, host| request.append_header((HOST, *host)))
        };
        assert!(!is_this_machine(&request(&[]).to_http_request()));
        assert!(is_this_machine(&request(&["localhost"]).to_http_request()));
        assert!(!is_this_machine(&request(&["localhost", "example.com"]).to_http_request()));
        let proxied = request(&["localhost"]).uri("http://example.com/dev/mailbox");
        assert!(!is_this_machine(&proxied.to_http_request()));
    }
}
