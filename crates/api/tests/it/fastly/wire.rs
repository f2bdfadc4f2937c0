//! HTTP/1.1 byte for byte.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use crate::harness::Server;

/// A connection to a server.
pub(super) struct Wire {
    stream: BufReader<TcpStream>,
}

/// A whole response.
#[derive(Debug)]
pub(super) struct Reply {
    /// The status line, and the lines of the headers in lower case.
    head: Vec<String>,
    pub(super) body: String,
}

impl Wire {
    pub(super) fn to(server: &Server) -> Self {
        let stream = TcpStream::connect(host(server)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    /// Sends a request, with LF replaced by CRLF, and reads the response.
    pub(super) fn send(&mut self, request: &str) -> Reply {
        self.stream.get_mut().write_all(request.replace('\n', "\r\n").as_bytes()).unwrap();
        let head = self.head();
        let length = head.iter().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.stream.read_exact(&mut body).unwrap();
        Reply { head, body: String::from_utf8(body).unwrap() }
    }

    /// Whether the server closed the connection without sending more.
    pub(super) fn ends(mut self) -> bool {
        self.stream.read(&mut [0]).unwrap() == 0
    }

    fn head(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            match line.strip_suffix("\r\n").unwrap() {
                "" => return lines,
                status if lines.is_empty() => lines.push(status.to_owned()),
                header => lines.push(in_lower_case(header)),
            }
        }
    }
}

/// Address and port.
pub(super) fn host(server: &Server) -> &str {
    server.client.base().strip_prefix("http://").unwrap()
}

impl Reply {
    /// The response as text: status line, headers sorted by name, an empty line, body. Leaves out the headers
    /// that differ in each run and the length of a body, which `send` has used. Other tests check the number
    /// of remaining writes: here any whole number becomes `N`.
    pub(super) fn text(&self) -> String {
        let (status, headers) = self.head.split_first().unwrap();
        let mut left_out = vec!["date: ", "x-request-id: "];
        if !self.body.is_empty() {
            left_out.push("content-length: ");
        }
        let kept = headers.iter().filter(|line| !left_out.iter().any(|name| line.starts_with(name)));
        let mut lines: Vec<String> = kept.map(|line| counted(line)).collect();
        lines.sort_unstable();
        format!("{status}\n{}\n\n{}", lines.join("\n"), self.body)
    }
}

fn counted(line: &str) -> String {
    let Some(remaining) = line.strip_prefix("fastly-ratelimit-remaining: ") else { return line.to_owned() };
    remaining.parse::<u64>().unwrap_or_else(|_| panic!("{line}"));
    "fastly-ratelimit-remaining: N".to_owned()
}

fn in_lower_case(header: &str) -> String {
    let (name, value) = header.split_once(": ").unwrap_or_else(|| panic!("{header:?}"));
    format!("{}: {value}", name.to_ascii_lowercase())
}
