//! Usher's pages for people: the page behind an invitation's link, and the development mailbox.
//!
//! To add a page, add a template in `templates/`, listed in `page/templates.rs`; a type that serializes what the page
//! shows; and a handler that makes a `Page` of the two and is an [`Endpoint`](usher_http_kit::endpoint::Endpoint) in
//! [`endpoints`].

mod acceptance;
pub mod mailbox;
mod page;

pub use acceptance::{PageSettings, configure, endpoints};
