//! Requests of Fastly's clients, recorded or written from their source, and the whole responses. Clock and randomness
//! are fixed, so every byte of a response is known.

mod adobe;
mod go;
mod js;
mod py;
mod rust;

use super::wire::{Reply, Wire, host};
use crate::harness::{Server, Setup};

/// A server, and the token of jane@example.com, who may do everything in the account onward.
struct Capture {
    server: Server,
    token: String,
}

impl Capture {
    fn new(setup: &Setup) -> Self {
        let server = setup.start();
        server.add_onward();
        let token = server.token(Some("onward"), "jane@example.com");
        Self { server, token }
    }

    /// A recorded request with the host, the token and an id, for this server.
    fn request(&self, recorded: &str, id: &str) -> String {
        let request = recorded.replace("127.0.0.1:18431", host(&self.server));
        request.replace("super-token", &self.token).replace("{id}", id)
    }

    /// Sends the request on its own connection, which the server must close afterwards.
    fn send_alone(&self, recorded: &str, id: &str) -> Reply {
        let mut wire = Wire::to(&self.server);
        let reply = wire.send(&self.request(recorded, id));
        assert!(wire.ends(), "{reply:?}");
        reply
    }
}

/// The id in the response to a POST.
fn id(created: &Reply) -> String {
    let body: serde_json::Value = serde_json::from_str(&created.body).unwrap();
    body["data"]["id"].as_str().unwrap().to_owned()
}

/// Without content type, length and body.
const DELETED: &str = "HTTP/1.1 204 No Content
cache-control: no-store
fastly-ratelimit-remaining: N
fastly-ratelimit-reset: 1710946800

";

const DELETED_AND_CLOSED: &str = "HTTP/1.1 204 No Content
cache-control: no-store
connection: close
fastly-ratelimit-remaining: N
fastly-ratelimit-reset: 1710946800

";
