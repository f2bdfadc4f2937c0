//! The stages of a shutdown, on real processes.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    harness::{Backend, Client, Process, Setup, invitation_body},
    processes::token_of_jane,
};

const PATIENCE: Duration = Duration::from_secs(30);

/// Sends a request on a new connection, and returns the response. `None` if the server does not serve it.
fn get(client: &Client, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(client.base().strip_prefix("http://").unwrap()).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").ok()?;
    let mut response = vec![0; 4096];
    let length = stream.read(&mut response).ok().filter(|length| *length > 0)?;
    response.truncate(length);
    Some(String::from_utf8(response).unwrap().to_lowercase())
}

/// Repeats a request until its response has the words. Each response must have the status 200 until then.
#[track_caller]
fn get_until(client: &Client, path: &str, words: &str) -> String {
    let begin = Instant::now();
    loop {
        assert!(begin.elapsed() < PATIENCE, "{path} has no {words:?}");
        let response = get(client, path).expect("the server serves the request");
        if response.contains(words) {
            return response;
        }
        assert!(response.starts_with("http/1.1 200 "), "{response}");
    }
}

#[test]
fn the_server_stops_in_stages() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__SERVER__DRAIN_DELAY", "2s");
    let (server, client) = setup.start_serve();
    // An unused connection, so that the second stage does not end at once.
    client.get("/health/live").expect(200);
    server.signal("TERM");
    get_until(&client, "/health/ready", "http/1.1 503 ");
    let open = get(&client, "/health/live").expect("the server still serves");
    assert!(open.starts_with("http/1.1 200 ") && !open.contains("connection: close"), "{open}");
    get_until(&client, "/health/live", "connection: close");
    while let Some(response) = get(&client, "/health/live") {
        assert!(
            response.starts_with("http/1.1 200 ") && response.contains("connection: close"),
            "{response}"
        );
    }
    server.wait();
}

/// A client that sends the body of its request slowly, and one that does not read.
#[test]
fn an_unfinished_request_does_not_keep_the_process_after_the_shutdown_timeout() {
    let setup = Setup::new(Backend::sqlite())
        .with("USHER__SERVER__SHUTDOWN_TIMEOUT", "1s")
        .with("USHER__SERVER__BODY_TIMEOUT", "10m");
    let token = token_of_jane(&setup);
    let (mut server, client) = setup.start_serve();
    let mut stream = TcpStream::connect(client.base().strip_prefix("http://").unwrap()).unwrap();
    write!(
        stream,
        "POST /api/v2/invitations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nExpect: 100-continue\r\n\
         Content-Length: 100\r\n\r\n{{"
    )
    .unwrap();
    // The request is in progress.
    stream.read_exact(&mut [0; 12]).unwrap();
    server.signal("TERM");
    let begin = Instant::now();
    server.line_with("requests did not end in time");
    server.wait();
    assert!(begin.elapsed() < Duration::from_secs(15));
    drop(stream);
}

/// The replicas that a proxy considers ready. It does not send a request again.
struct Proxy {
    ready: Mutex<Vec<Client>>,
    sent: AtomicUsize,
    failed: Mutex<Vec<String>>,
    stop: AtomicBool,
}

impl Proxy {
    /// Sends creations until the proxy stops.
    fn send(&self, token: &str, sender: usize) {
        while !self.stop.load(Ordering::Relaxed) {
            let number = self.sent.fetch_add(1, Ordering::Relaxed);
            let replica = {
                let ready = self.ready.lock().unwrap();
                ready[number % ready.len()].with_token(token)
            };
            let body = invitation_body("Joe", &format!("joe{sender}.{number}@example.com"), &["Auditor"]);
            let request = replica.request(reqwest::Method::POST, "/api/v2/invitations");
            let failure = match request.body(body.to_string()).send() {
                Ok(response) if response.status().is_success() => continue,
                Ok(response) => response.status().to_string(),
                Err(error) => format!("{error:?}"),
            };
            self.failed.lock().unwrap().push(failure);
        }
    }

    /// Removes the replicas that are not ready, as a health check every 50 ms does.
    #[expect(clippy::disallowed_methods, reason = "the interval of a health check")]
    fn check(&self) {
        while !self.stop.load(Ordering::Relaxed) {
            let replicas = self.ready.lock().unwrap().clone();
            for replica in replicas {
                if !get(&replica, "/health/ready")
                    .is_some_and(|response| response.starts_with("http/1.1 200 "))
                {
                    self.ready.lock().unwrap().retain(|other| other.base() != replica.base());
                }
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn rolling_restarts_fail_no_request_of_a_proxy_that_does_not_retry() {
    let setup = Setup::new(Backend::postgres())
        .with("USHER__SERVER__DRAIN_DELAY", "1s")
        .with("USHER__LIMITS__WRITES_PER_HOUR", "0");
    let token = token_of_jane(&setup);
    let start = || setup.start_serve();
    let (mut running, ready): (Vec<Process>, Vec<Client>) = [start(), start()].into_iter().unzip();
    let proxy = Proxy {
        ready: Mutex::new(ready),
        sent: AtomicUsize::new(0),
        failed: Mutex::default(),
        stop: AtomicBool::new(false),
    };
    thread::scope(|scope| {
        scope.spawn(|| proxy.check());
        for sender in 0..4 {
            let (proxy, token) = (&proxy, &token);
            scope.spawn(move || proxy.send(token, sender));
        }
        for _ in 0..2 {
            let (process, client) = start();
            proxy.ready.lock().unwrap().push(client);
            running.push(process);
            running.remove(0).terminate();
        }
        proxy.stop.store(true, Ordering::Relaxed);
    });
    let (sent, failed) = (proxy.sent.into_inner(), proxy.failed.into_inner().unwrap());
    assert!(sent > 20, "{sent} requests are no load");
    assert!(failed.is_empty(), "{} of {sent} failed: {failed:?}", failed.len());
    for process in running {
        process.terminate();
    }
}
