//! What the edges share: everything about HTTP that has no wire shape of a dialect.
//!
//! What belongs here: reading bodies and credentials, strict JSON, idempotency keys, request ids, endpoints as data. What does
//! not: statuses, error bodies and field names, which are each edge's own. An edge depends on this crate and on `usher-app`,
//! and on no other edge.
//!
//! A handler reads credential and body, makes a [`Call`](usher_app::Call) or a [`Query`](usher_app::Query) of them with
//! [`call`] or [`query`], hands it to [`AppState::app`], and turns the result into a response with [`problem`] and
//! [`reply::response`].

pub mod body;
pub mod credentials;
pub mod endpoint;
pub mod idempotency_key;
pub mod json;
pub mod moment;
pub mod openapi;
pub mod reply;
pub mod request;
mod state;
pub mod unread;

pub use request::{Parsed, call, context, problem, query};
pub use state::AppState;
