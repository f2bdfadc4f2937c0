//! Operations as data: what is routed is what can be listed.

use std::collections::BTreeMap;

use actix_web::{
    FromRequest, Handler, Resource, Responder, Route, guard,
    http::Method,
    web::{self, ServiceConfig},
};

/// One operation of a dialect. The dialects list theirs as data, so that a test can compare the list with the
/// authorization matrix.
pub struct Endpoint {
    /// The method; `GET` answers `HEAD` too.
    pub method: Method,
    /// Path with its parameters in braces.
    pub path: &'static str,
    route: Route,
}

impl Endpoint {
    /// Ties a handler to a method and path.
    pub fn new<F, Args>(method: Method, path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = if method == Method::GET {
            Route::new().guard(guard::Any(guard::Get()).or(guard::Head()))
        } else {
            Route::new().method(method.clone())
        };
        Self { method, path, route: route.to(handler) }
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Registers the endpoints; other methods on their paths get the answer of `refuse`.
pub fn mount(config: &mut ServiceConfig, endpoints: Vec<Endpoint>, refuse: fn() -> Route) {
    let mut paths: BTreeMap<&'static str, Resource> = BTreeMap::new();
    for endpoint in endpoints {
        let resource = paths.remove(endpoint.path).unwrap_or_else(|| web::resource(endpoint.path));
        paths.insert(endpoint.path, resource.route(endpoint.route));
    }
    for resource in paths.into_values() {
        config.service(resource.default_service(refuse()));
    }
}
