//! What Fastly's clients send, as recorded or as their source has it, and the whole of what they are answered. Clock
//! and randomness stand still, so every octet of an answer is known.

mod adobe;
mod go;
mod js;
mod py;
mod rust;

use super::wire::{Reply, Wire, host};
use crate::harness::{Server, Setup};

/// A server, and the token of jane@example.com, who may do everything in the account onward.
struct World {
    server: Server,
    token: String,
}

impl World {
    fn new(setup: &Setup) -> Self {
        let server = setup.start();
        server.add_onward();
        let token = server.token(Some("onward"), "jane@example.com");
        Self { server, token }
    }

    /// A recorded request with the host, the token and the id of this world.
    fn request(&self, recorded: &str, id: &str) -> String {
        let request = recorded.replace("127.0.0.1:18431", host(&self.server));
        request.replace("super-token", &self.token).replace("{id}", id)
    }

    /// Sends it on a connection of its own, which the client asks to be closed.
    fn alone(&self, recorded: &str, id: &str) -> Reply {
        let mut wire = Wire::to(&self.server);
        let reply = wire.send(&self.request(recorded, id));
        assert!(wire.ends(), "{reply:?}");
        reply
    }
}

/// The id in the answer to a POST.
fn id(created: &Reply) -> String {
    let body: serde_json::Value = serde_json::from_str(&created.body).unwrap();
    body["data"]["id"].as_str().unwrap().to_owned()
}

/// No type, no length, no body.
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
