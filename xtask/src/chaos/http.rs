//! One request on a connection of its own, and exactly what became of it.

use std::{
    fmt::Write as _,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(40);

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nobody listened: it was not sent.
    Unsent,
    /// It was sent, maybe in part, and no whole answer came.
    Broken,
    Whole {
        status: u16,
        head: String,
        body: String,
    },
}

/// A request that was sent.
pub(super) struct Sent(io::Result<TcpStream>);

pub(super) fn get(address: SocketAddr, path: &str) -> Answer {
    connect(address).map_or(Answer::Unsent, |stream| send(stream, "GET", path, &[], "").answer())
}

pub(super) fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Sends a request on a connection, which is used for nothing else.
pub(super) fn send(
    mut stream: TcpStream,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Sent {
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: usher\r\nconnection: close\r\n");
    let length = body.len().to_string();
    let about_body = [("content-type", "application/json"), ("content-length", length.as_str())];
    let about_body = if body.is_empty() { &[][..] } else { &about_body };
    for (name, value) in headers.iter().chain(about_body) {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    request.push_str("\r\n");
    request.push_str(body);
    Sent(stream.write_all(request.as_bytes()).map(|()| stream))
}

impl Sent {
    /// Waits for the answer.
    pub(super) fn answer(self) -> Answer {
        let mut text = Vec::new();
        let read = self.0.and_then(|mut stream| stream.read_to_end(&mut text));
        read.ok().and_then(|_| parse(&String::from_utf8_lossy(&text))).unwrap_or(Answer::Broken)
    }
}

/// An answer that came to its end.
fn parse(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let length = header(head, "content-length").map_or(Some(0), |length| length.parse().ok())?;
    (body.len() == length).then(|| Answer::Whole { status, head: head.to_owned(), body: body.to_owned() })
}

/// A field of an answer's head.
pub(super) fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    let mut values =
        fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim());
    values.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_was_cut_off_is_none() {
        let whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        for length in 0..whole.len() {
            assert_eq!(parse(&whole[..length]), None, "{length}");
        }
        let Some(Answer::Whole { status: 200, head, body }) = parse(whole) else { panic!("not understood") };
        assert_eq!((header(&head, "content-length"), body.as_str()), (Some("5"), "hello"));
    }
}
