//! Operations as data: what is routed is what can be listed.

use std::collections::BTreeMap;

use actix_web::{
    FromRequest, Handler, Resource, Responder, Route, guard,
    http::{Method, header::ALLOW},
    middleware::DefaultHeaders,
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

/// Registers the endpoints; other methods on their paths get the answer of `refuse`, with the methods that are known.
pub fn mount(config: &mut ServiceConfig, endpoints: Vec<Endpoint>, refuse: fn() -> Route) {
    let mut paths: BTreeMap<&'static str, (Resource, Vec<Method>)> = BTreeMap::new();
    for Endpoint { method, path, route } in endpoints {
        let (resource, mut methods) = paths.remove(path).unwrap_or_else(|| (web::resource(path), Vec::new()));
        if method == Method::GET {
            methods.push(Method::HEAD);
        }
        methods.push(method);
        paths.insert(path, (resource.route(route), methods));
    }
    for (resource, methods) in paths.into_values() {
        let allow = DefaultHeaders::new().add((ALLOW, list(&methods)));
        config.service(resource.default_service(refuse().wrap(allow)));
    }
}

fn list(methods: &[Method]) -> String {
    let mut names: Vec<&str> = methods.iter().map(Method::as_str).collect();
    names.sort_unstable();
    names.join(", ")
}
