//! Metrics of requests.

use std::{collections::HashMap, sync::Arc, time::Duration};

use actix_web::http::Method;
use metrics::{counter, histogram};
use usher_app::telemetry::catalogue::{HTTP_DURATION, HTTP_REQUESTS};

/// The dialects of all routes, by their patterns. The composition root adds it to the server as application data.
#[derive(Debug, Clone, Default)]
pub struct Dialects(Arc<HashMap<String, &'static str>>);

impl Dialects {
    /// The dialects of these patterns.
    pub fn new(routes: impl IntoIterator<Item = (String, &'static str)>) -> Self {
        Self(Arc::new(routes.into_iter().collect()))
    }

    /// The dialect of a route, or `none` for requests that no route matches.
    fn name(&self, route: &str) -> &'static str {
        self.0.get(route).copied().unwrap_or("none")
    }
}

/// Counts a request and its time. `route` is the pattern, so that the number of series does not depend on what clients send.
pub(super) fn record(dialect: &'static str, method: &Method, route: &str, status: u16, time: Duration) {
    let text = str::to_owned;
    let labels = [("dialect", text(dialect)), ("method", text(name(method))), ("route", text(route))];
    histogram!(HTTP_DURATION, &labels).record(time);
    let [dialect, method, route] = labels;
    counter!(HTTP_REQUESTS, &[dialect, method, route, ("status", status.to_string())]).increment(1);
}

/// The dialect of a route that a request matched.
pub(super) fn dialect(dialects: Option<&Dialects>, route: &str) -> &'static str {
    dialects.map_or("none", |dialects| dialects.name(route))
}

/// The method, or `other` for one that no standard names: clients can invent any number of methods.
fn name(method: &Method) -> &str {
    const STANDARD: [Method; 7] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    if STANDARD.contains(method) { method.as_str() } else { "other" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_method_has_no_series_of_its_own() {
        assert_eq!(name(&Method::POST), "POST");
        assert_eq!(name(&Method::from_bytes(b"POSE").unwrap()), "other");
    }
}
