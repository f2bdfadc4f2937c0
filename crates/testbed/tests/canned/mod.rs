use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread::{self, JoinHandle},
};

use serde_json::Value;

/// What is answered to one request.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    /// Null for none.
    pub(crate) body: Value,
}

/// What a client has sent.
#[derive(Debug)]
pub(crate) struct Request {
    /// Method and target, as `GET /path?query`.
    pub(crate) line: String,
    /// By their names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

/// An HTTP server on loopback that gives prepared replies, one a connection, whatever it is asked.
pub(crate) struct Canned {
    pub(crate) url: String,
    thread: JoinHandle<Vec<Request>>,
}

impl Canned {
    pub(crate) fn serve(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let thread = thread::spawn(move || {
            let exchange = |reply| exchange(listener.accept().unwrap().0, &reply);
            replies.into_iter().map(exchange).collect()
        });
        Self { url, thread }
    }

    /// All requests, after as many as there were replies.
    pub(crate) fn requests(self) -> Vec<Request> {
        self.thread.join().unwrap()
    }
}

fn exchange(mut stream: TcpStream, reply: &Reply) -> Request {
    let mut input = BufReader::new(stream.try_clone().unwrap());
    let line = read_line(&mut input);
    let mut headers = BTreeMap::new();
    while let Some((name, value)) = read_line(&mut input).split_once(": ") {
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    input.read_exact(&mut body).unwrap();
    stream.write_all(text(reply).as_bytes()).unwrap();
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

fn text(reply: &Reply) -> String {
    let start = format!("HTTP/1.1 {} Canned\r\nConnection: close\r\n", reply.status);
    if reply.body.is_null() {
        return format!("{start}Fastly-RateLimit-Remaining: 999\r\n\r\n");
    }
    let body = reply.body.to_string();
    format!("{start}Content-Type: {}\r\nContent-Length: {}\r\n\r\n{body}", reply.content_type, body.len())
}
