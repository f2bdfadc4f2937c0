//! Connections: limits that actix-http does not have.
//!
//! actix-http limits the time for the first head of a connection only, accepts heads of 128 KiB, and waits without a limit for
//! a client to read a response. `Stream`, between the socket and actix-http, limits all of them. It must know which bytes
//! belong to a head, so the middleware [`guard_request`] tells it through an `Exchange` when a request begins and ends.

mod exchange;
mod middleware;
mod service;
mod stream;
mod timer;

use std::time::Duration;

pub use middleware::{ResponseBody, guard_request};
pub use service::service;

/// Largest head of a request, in bytes.
pub const HEAD_LIMIT: usize = 32 * 1024;

/// The limits of a connection.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// Longest time from the first byte of a head to its last. For the first head, it begins with the connection.
    pub head_timeout: Duration,
    /// Longest time without progress while a client does not read its response.
    pub write_timeout: Duration,
    /// Longest time between the end of a response and the next request.
    pub keep_alive: Duration,
}
