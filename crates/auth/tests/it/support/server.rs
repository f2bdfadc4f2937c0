use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};

/// How a key server responds to a request.
#[derive(Clone)]
pub(crate) enum Response {
    /// This status line with further header lines, and this body.
    Full(String, String),
    /// 200 with this body, once the test adds a permit.
    Held(String, Arc<Semaphore>),
    /// 200 with an endless chunked body.
    Endless,
    /// 200 with one octet of the body per second.
    Trickle,
    /// Never responds and keeps the connection open.
    Never,
    /// Closes the connection at once.
    Disconnect,
}

impl Response {
    /// 200 with this body.
    pub(crate) fn body(body: impl Into<String>) -> Self {
        Self::Full("200 OK".into(), body.into())
    }

    /// 200 with a set of these keys.
    pub(crate) fn keys(keys: &[Value]) -> Self {
        Self::body(json!({ "keys": keys }).to_string())
    }

    /// Another status, with a set of these keys as the body.
    pub(crate) fn failure(status: &str, keys: &[Value]) -> Self {
        Self::Full(status.into(), json!({ "keys": keys }).to_string())
    }
}

/// An issuer's HTTP server on a free loopback port. It ends with the test's runtime.
pub(crate) struct KeyServer {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    response: Mutex<Response>,
    configuration: Mutex<String>,
    requests: AtomicUsize,
    arrived: Semaphore,
}

impl KeyServer {
    pub(crate) async fn start(response: Response) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            response: Mutex::new(response),
            configuration: Mutex::default(),
            requests: AtomicUsize::new(0),
            arrived: Semaphore::new(0),
        });
        let server = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&server)));
            }
        });
        Self { port, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/jwks.json", self.port)
    }

    /// Sets the response to later requests.
    pub(crate) fn respond_with(&self, response: Response) {
        *self.shared.response.lock().unwrap() = response;
    }

    /// The URL below which the issuer's configuration is.
    pub(crate) fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sets the issuer's configuration.
    pub(crate) fn configure(&self, configuration: impl Into<String>) {
        *self.shared.configuration.lock().unwrap() = configuration.into();
    }

    /// The number of requests for keys so far.
    pub(crate) fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// Waits for the next request.
    pub(crate) async fn arrival(&self) {
        let arrival = self.shared.arrived.acquire();
        timeout(Duration::from_mins(1), arrival).await.expect("a request").unwrap().forget();
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    if head.starts_with(b"GET /.well-known/openid-configuration HTTP/1.1\r\n") {
        let configuration = shared.configuration.lock().unwrap().clone();
        return send(&mut stream, "200 OK", &configuration).await;
    }
    assert!(head.starts_with(b"GET /jwks.json HTTP/1.1\r\n"), "{}", String::from_utf8_lossy(&head));
    shared.requests.fetch_add(1, Ordering::SeqCst);
    shared.arrived.add_permits(1);
    let response = shared.response.lock().unwrap().clone();
    match response {
        Response::Full(head, body) => send(&mut stream, &head, &body).await,
        Response::Held(body, release) => {
            release.acquire().await.unwrap().forget();
            send(&mut stream, "200 OK", &body).await
        }
        Response::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
            let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
            loop {
                stream.write_all(chunk.as_bytes()).await?;
            }
        }
        Response::Trickle => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await?;
            let mut second = tokio::time::interval(Duration::from_secs(1));
            loop {
                second.tick().await;
                stream.write_all(b" ").await?;
            }
        }
        Response::Never => std::future::pending().await,
        Response::Disconnect => Ok(()),
    }
}

async fn send(stream: &mut TcpStream, head: &str, body: &str) -> io::Result<()> {
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await
}
