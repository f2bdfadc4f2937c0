use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread::{self, JoinHandle},
};

use serde_json::Value;

/// A prepared response.
pub(crate) struct PreparedResponse {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    /// Null for no body.
    pub(crate) body: Value,
}

/// A request that a client has sent.
#[derive(Debug)]
pub(crate) struct Request {
    /// Method and target, as `GET /path?query`.
    pub(crate) line: String,
    /// With the names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

/// An HTTP server on loopback that returns prepared responses, one for each connection, whatever the request is.
pub(crate) struct Canned {
    pub(crate) url: String,
    thread: JoinHandle<Vec<Request>>,
}

impl Canned {
    pub(crate) fn serve(responses: Vec<PreparedResponse>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let thread = thread::spawn(move || {
            let exchange = |response| exchange(listener.accept().unwrap().0, &response);
            responses.into_iter().map(exchange).collect()
        });
        Self { url, thread }
    }

    /// All requests. Waits until every response has been sent.
    pub(crate) fn requests(self) -> Vec<Request> {
        self.thread.join().unwrap()
    }
}

fn exchange(mut stream: TcpStream, response: &PreparedResponse) -> Request {
    let mut input = BufReader::new(stream.try_clone().unwrap());
    let line = read_line(&mut input);
    let mut headers = BTreeMap::new();
    while let Some((name, value)) = read_line(&mut input).split_once(": ") {
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    input.read_exact(&mut body).unwrap();
    stream.write_all(text(response).as_bytes()).unwrap();
    Request {
        line: line.strip_suffix(" HTTP/1.1").unwrap().to_owned(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    }
}

fn read_line(input: &mut impl BufRead) -> String {
    let mut line = String::new();
    input.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

fn text(response: &PreparedResponse) -> String {
    let start = format!("HTTP/1.1 {} Canned\r\nConnection: close\r\n", response.status);
    if response.body.is_null() {
        return format!("{start}Fastly-RateLimit-Remaining: 999\r\n\r\n");
    }
    let body = response.body.to_string();
    format!("{start}Content-Type: {}\r\nContent-Length: {}\r\n\r\n{body}", response.content_type, body.len())
}
