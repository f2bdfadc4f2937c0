//! The HTTP code that all edges share. It defines no wire format.
//!
//! What belongs here: reading bodies and credentials, strict JSON, idempotency keys, request ids, endpoints as data. What does
//! not: statuses, error bodies and field names, which each edge defines. An edge depends on this crate and on `usher-app`,
//! and on no other edge.
//!
//! A handler reads the credential and the body, builds a [`Call`](usher_app::Call) with [`call`] or a
//! [`Query`](usher_app::Query) with [`query`], passes it to [`AppState::app`], and converts the result to a response with
//! [`problem`] and [`reply::response`].

pub mod body;
pub mod client_address;
pub mod credentials;
pub mod endpoint;
pub mod idempotency_key;
pub mod json;
pub mod moment;
pub mod openapi;
mod repeated;
pub mod reply;
pub mod request;
mod state;
pub mod unread_body;

pub use repeated::repeated;
pub use request::{Parsed, call, context, problem, query};
pub use state::AppState;
