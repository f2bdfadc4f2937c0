//! HTTP: the dialects, siblings that never import each other, and what they share, which has no wire shape.

pub mod body;
pub mod call;
pub mod credentials;
pub mod dev;
pub mod endpoint;
pub mod fastly;
pub mod gathered;
pub mod idempotency;
pub mod json;
pub mod landscape;
mod page;
pub mod passwords;
pub mod platform;
pub mod state;
pub mod unit;
pub mod unread;
pub mod web;

use actix_web::{HttpResponse, Route, web::ServiceConfig};

/// Every operation that is ever routed, as `(prefix, operation)`. What is not here is not served: whoever adds a dialect
/// adds it here, to [`configure`], and to the authorization matrix of the tests.
#[must_use]
pub fn endpoints() -> Vec<(&'static str, endpoint::Endpoint)> {
    let parts = [
        ("", platform::endpoints()),
        (landscape::PREFIX, landscape::endpoints()),
        ("", fastly::endpoints()),
        ("", web::endpoints()),
        (dev::PREFIX, dev::endpoints()),
    ];
    parts
        .into_iter()
        .flat_map(|(prefix, list)| list.into_iter().map(move |endpoint| (prefix, endpoint)))
        .collect()
}

/// Everything but the development mailbox.
pub fn configure(config: &mut ServiceConfig) {
    platform::configure(config);
    landscape::configure(config);
    fastly::configure(config);
    web::configure(config);
    config.default_service(Route::new().to(nothing_here));
}

async fn nothing_here() -> HttpResponse {
    HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("There is nothing here.\n")
}
