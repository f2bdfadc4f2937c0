//! Operations as data: tests list exactly the operations that are routed.

use std::collections::BTreeMap;

use actix_web::{
    FromRequest, Handler, HttpResponse, Resource, Responder, Route,
    body::BoxBody,
    dev::ServiceRequest,
    guard,
    http::{Method, header::ALLOW},
    middleware::{DefaultHeaders, Next, from_fn},
    web::{self, ServiceConfig},
};

use crate::{link_limit::limit, link_lookups::TooManyLookups};

/// One operation. A test compares all operations with the authorization matrix.
pub struct Endpoint {
    /// The method. An operation with `GET` also handles `HEAD`.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: &'static str,
    route: Route,
}

impl Endpoint {
    /// Routes a method and path to a handler.
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

    /// Limits failed look-ups of links. `rejection` makes the response in the form of the edge.
    #[must_use]
    pub fn looks_up_link(self, rejection: fn(TooManyLookups) -> HttpResponse) -> Self {
        let limit =
            from_fn(move |request: ServiceRequest, next: Next<BoxBody>| limit(request, next, rejection));
        Self { route: self.route.wrap(limit), ..self }
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Registers the operations. Other methods on their paths are routed to `method_not_allowed`, and the response lists the allowed
/// methods in the header `Allow`.
pub fn mount(config: &mut ServiceConfig, endpoints: Vec<Endpoint>, method_not_allowed: fn() -> Route) {
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
        let allow = DefaultHeaders::new().add((ALLOW, method_names(&methods)));
        config.service(resource.default_service(method_not_allowed().wrap(allow)));
    }
}

fn method_names(methods: &[Method]) -> String {
    let mut names: Vec<&str> = methods.iter().map(Method::as_str).collect();
    names.sort_unstable();
    names.join(", ")
}
