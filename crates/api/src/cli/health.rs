//! `usher health`
//!
//! It uses a plain socket instead of an HTTP client, because health checks start a process every few seconds.

use std::{
    io::{self, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _},
    time::{Duration, Instant},
};

use serde_json::json;

use super::{arguments::HealthUrl, failure::Failure, output::Output};

/// Longest time for the whole check.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Longest status line, in bytes.
const MAX_OCTETS: usize = 1024;

/// Checks the server at the configured address. For an unspecified address, such as 0.0.0.0, it checks the loopback address.
pub(super) fn check_own(bind: SocketAddr, output: Output) -> Result<(), Failure> {
    let ip = match bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let authority = SocketAddr::new(ip, bind.port()).to_string();
    check(&HealthUrl { authority, path: HealthUrl::READY.to_owned() }, output)
}

/// Checks the server at the URL.
pub(super) fn check(url: &HealthUrl, output: Output) -> Result<(), Failure> {
    let status = request_status(url).map_err(|error| {
        Failure::Failed(format!("no response from http://{}{}: {error}", url.authority, url.path))
    })?;
    if status == 200 {
        return output.result("ready", &json!({ "ready": true }));
    }
    Err(Failure::Failed(format!("not ready: http://{}{} returns {status}", url.authority, url.path)))
}

/// Sends a GET request and returns the status of the response.
fn request_status(url: &HealthUrl) -> io::Result<u16> {
    let end = Instant::now() + TIMEOUT;
    let mut stream = connect(&url.authority, end)?;
    stream.set_write_timeout(Some(remaining(end)?))?;
    let (path, host) = (&url.path, &url.authority);
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut response = Vec::new();
    while !response.contains(&b'\n') && response.len() < MAX_OCTETS {
        stream.set_read_timeout(Some(remaining(end)?))?;
        let mut part = [0; 128];
        match stream.read(&mut part)? {
            0 => break,
            read => response.extend_from_slice(part.get(..read).unwrap_or_default()),
        }
    }
    let line = String::from_utf8_lossy(&response);
    let status = line.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
    status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it does not speak HTTP"))
}

/// Connects to the first address of the host that accepts the connection.
fn connect(authority: &str, end: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in authority.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, remaining(end)?) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn remaining(end: Instant) -> io::Result<Duration> {
    let remaining = end.saturating_duration_since(Instant::now());
    if remaining.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(remaining) }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// Starts a server for one request. Returns its address, and the request when the thread ends.
    fn server(response: &'static str) -> (SocketAddr, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let request = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = vec![0; 1024];
            let read = stream.read(&mut request).unwrap();
            stream.write_all(response.as_bytes()).unwrap();
            String::from_utf8(request[..read].to_vec()).unwrap()
        });
        (address, request)
    }

    #[test]
    fn only_status_200_is_ready() {
        let (address, request) = server("HTTP/1.1 200 OK\r\n\r\n");
        check_own(address, Output::Json).unwrap();
        let request = request.join().unwrap();
        assert_eq!(
            request,
            format!("GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
        );
        for (response, part) in [
            ("HTTP/1.1 503 Service Unavailable\r\n\r\n", "returns 503"),
            ("HTTP/1.1 204 No Content\r\n\r\n", "returns 204"),
            ("SSH-2.0-OpenSSH\r\n", "does not speak HTTP"),
            ("", "does not speak HTTP"),
        ] {
            let (address, request) = server(response);
            let failure = check_own(address, Output::Text).unwrap_err();
            assert!(failure.to_string().contains(part), "{failure}");
            request.join().unwrap();
        }
    }

    #[test]
    fn a_server_on_all_addresses_is_checked_on_the_loopback_address() {
        let (address, request) = server("HTTP/1.1 200 OK\r\n\r\n");
        check_own(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port()), Output::Text).unwrap();
        assert!(request.join().unwrap().contains("Host: 127.0.0.1:"));
    }

    #[test]
    fn a_server_that_does_not_run_is_a_failure() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let failure = check_own(free, Output::Text).unwrap_err();
        assert!(failure.to_string().contains("no response from http://127.0.0.1"), "{failure}");
    }
}
