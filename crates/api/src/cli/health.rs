//! Asks a running server whether it is ready. It uses a plain socket, because health checks start a process every few seconds.

use std::{
    io::{self, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _},
    time::{Duration, Instant},
};

use serde_json::json;

use super::{arguments::HealthUrl, failure::Failure, output::Output};

/// Longest time for the whole check.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Longest status line.
const MAX_OCTETS: usize = 1024;

/// Checks the server at the configured address. A server on all addresses is asked on this machine.
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
    let status = ask(url).map_err(|error| {
        Failure::Failed(format!("no answer from http://{}{}: {error}", url.authority, url.path))
    })?;
    if status == 200 {
        return output.result("ready", &json!({ "ready": true }));
    }
    Err(Failure::Failed(format!("not ready: http://{}{} returns {status}", url.authority, url.path)))
}

/// Returns the status of the response.
fn ask(url: &HealthUrl) -> io::Result<u16> {
    let end = Instant::now() + TIMEOUT;
    let mut stream = connect(&url.authority, end)?;
    stream.set_write_timeout(Some(left(end)?))?;
    let (path, host) = (&url.path, &url.authority);
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    while !answer.contains(&b'\n') && answer.len() < MAX_OCTETS {
        stream.set_read_timeout(Some(left(end)?))?;
        let mut part = [0; 128];
        match stream.read(&mut part)? {
            0 => break,
            read => answer.extend_from_slice(part.get(..read).unwrap_or_default()),
        }
    }
    let line = String::from_utf8_lossy(&answer);
    let status = line.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
    status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it does not speak HTTP"))
}

/// Connects to the first address of the host that accepts.
fn connect(authority: &str, end: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in authority.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, left(end)?) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn left(end: Instant) -> io::Result<Duration> {
    let left = end.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// Starts a server for one request, and returns its address and that request.
    fn server(answer: &'static str) -> (SocketAddr, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = vec![0; 1024];
            let read = stream.read(&mut request).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(request[..read].to_vec()).unwrap()
        });
        (address, asked)
    }

    #[test]
    fn only_status_200_is_ready() {
        let (address, asked) = server("HTTP/1.1 200 OK\r\n\r\n");
        check_own(address, Output::Json).unwrap();
        let asked = asked.join().unwrap();
        assert_eq!(
            asked,
            format!("GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
        );
        for (answer, part) in [
            ("HTTP/1.1 503 Service Unavailable\r\n\r\n", "returns 503"),
            ("HTTP/1.1 204 No Content\r\n\r\n", "returns 204"),
            ("SSH-2.0-OpenSSH\r\n", "does not speak HTTP"),
            ("", "does not speak HTTP"),
        ] {
            let (address, asked) = server(answer);
            let failure = check_own(address, Output::Text).unwrap_err();
            assert!(failure.to_string().contains(part), "{failure}");
            asked.join().unwrap();
        }
    }

    #[test]
    fn a_server_on_all_addresses_is_asked_on_this_machine() {
        let (address, asked) = server("HTTP/1.1 200 OK\r\n\r\n");
        check_own(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port()), Output::Text).unwrap();
        assert!(asked.join().unwrap().contains("Host: 127.0.0.1:"));
    }

    #[test]
    fn a_server_that_does_not_run_is_a_failure() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let failure = check_own(free, Output::Text).unwrap_err();
        assert!(failure.to_string().contains("no answer from http://127.0.0.1"), "{failure}");
    }
}
