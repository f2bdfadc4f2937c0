//! HTTP requests, each on its own connection, with the exact outcome.

use std::{
    fmt::Write as _,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Longer than any response takes.
const TIMEOUT: Duration = Duration::from_secs(40);

/// The outcome of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HttpOutcome {
    /// The connection was refused, so the request was not sent.
    NotSent,
    /// The request was sent, perhaps in part, and no complete response came.
    NoResponse,
    Response {
        status: u16,
        head: String,
        body: String,
    },
}

/// The response to a request that was sent.
pub(crate) struct PendingResponse(io::Result<TcpStream>);

pub(crate) fn get(address: SocketAddr, path: &str) -> HttpOutcome {
    connect(address).map_or(HttpOutcome::NotSent, |stream| send(stream, "GET", path, &[], "").response())
}

pub(crate) fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    Ok(stream)
}

/// Sends a request on a connection that carries no other request.
pub(crate) fn send(
    mut stream: TcpStream,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> PendingResponse {
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: usher\r\nconnection: close\r\n");
    let length = body.len().to_string();
    let body_headers = [("content-type", "application/json"), ("content-length", length.as_str())];
    let body_headers = if body.is_empty() { &[][..] } else { &body_headers };
    for (name, value) in headers.iter().chain(body_headers) {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    request.push_str("\r\n");
    request.push_str(body);
    PendingResponse(stream.write_all(request.as_bytes()).map(|()| stream))
}

impl PendingResponse {
    /// Waits for the response.
    pub(crate) fn response(self) -> HttpOutcome {
        let mut text = Vec::new();
        let read = self.0.and_then(|mut stream| stream.read_to_end(&mut text));
        read.ok().and_then(|_| parse(&String::from_utf8_lossy(&text))).unwrap_or(HttpOutcome::NoResponse)
    }
}

/// Parses a response; none when it is incomplete.
fn parse(text: &str) -> Option<HttpOutcome> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let length = header(head, "content-length").map_or(Some(0), |length| length.parse().ok())?;
    let response = || HttpOutcome::Response { status, head: head.to_owned(), body: body.to_owned() };
    (body.len() == length).then(response)
}

/// The value of a header in the head of a response.
pub(crate) fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let headers = head.lines().filter_map(|line| line.split_once(':'));
    let mut values =
        headers.filter(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim());
    values.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incomplete_response_is_no_response() {
        let whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        for length in 0..whole.len() {
            assert_eq!(parse(&whole[..length]), None, "{length}");
        }
        let Some(HttpOutcome::Response { status: 200, head, body }) = parse(whole) else {
            panic!("not parsed")
        };
        assert_eq!((header(&head, "content-length"), body.as_str()), (Some("5"), "hello"));
    }
}
