//! Fastly's dialect: invitations as JSON:API at the root, so that Fastly's own clients work unmodified.
//!
//! What belongs here: the operations of the dialect, the types of its bodies, its errors and its OpenAPI document. What does
//! not: rules about invitations, and what all edges share (`usher-http-kit`). `docs/api/fastly.md` describes the dialect and the
//! decisions that Fastly's sources leave open.
//!
//! A handler turns the request into a call or a query and passes it to the application. The result becomes a `Document`
//! or a `Collection` of a `Resource`, or a `FastlyProblem`.
//!
//! To add a resource, add a type that implements `Resource`. To add an attribute, add a field to the resource's
//! attributes; if callers send it, also add a field in `request/shape.rs`, and a test fails until the reader reads it.
//! To add an operation, add a handler with its OpenAPI description, a line in [`endpoints`], and a line in
//! `openapi.rs`.

mod acceptance;
mod authorization;
mod caller;
#[cfg(test)]
mod contract_tests;
mod credential;
mod derived_id;
mod error;
mod examples;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod invitation;
mod invitations;
mod openapi;
mod page;
mod permission;
mod request;
mod resource;
mod response;
mod role;
mod routes;
mod settings;
#[cfg(test)]
mod test_data;
mod user;

pub use openapi::Description;
pub use routes::{configure, endpoints};
pub use settings::FastlySettings;
