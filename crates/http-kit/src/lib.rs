//! The HTTP code that all edges share. It defines no wire format.
//!
//! What belongs here: reading bodies and credentials, strict JSON, unknown names, idempotency keys, request ids, addresses
//! of clients, connections, endpoints as data. What does not: statuses, error bodies and field names, which each edge defines. An edge
//! depends on this crate and on `usher-app`, and on no other edge.
//!
//! A handler reads the credential and the body, builds a [`Call`](usher_app::Call) with [`call`] or a
//! [`Query`](usher_app::Query) with [`query`], passes it to [`AppState::app`], and converts the result to a response with
//! [`problem`] and [`reply::response`].

pub mod body;
pub mod challenge;
pub mod client_address;
pub mod connection;
pub mod credentials;
pub mod drain;
pub mod endpoint;
pub mod idempotency_key;
pub mod json;
mod link_limit;
pub mod link_lookups;
pub mod moment;
pub mod names;
pub mod openapi;
mod repeated;
pub mod reply;
pub mod request;
pub mod request_id;
mod state;

pub use client_address::client_address;
pub use repeated::repeated;
pub use request::{Parsed, call, context, problem, query};
pub use request_id::request_id;
pub use state::AppState;
