//! Health checks: liveness and readiness.

use actix_web::{
    HttpRequest, HttpResponse, Route,
    http::Method,
    web::{Data, ServiceConfig},
};
use serde_json::json;
use usher_http_kit::{
    AppState, context,
    endpoint::{Endpoint, mount},
};

/// `GET /health/live` and `GET /health/ready`.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::new(Method::GET, "/health/live", live), Endpoint::new(Method::GET, "/health/ready", ready)]
}

/// Registers the health checks.
pub fn configure(config: &mut ServiceConfig) {
    mount(config, endpoints(), || Route::new().to(HttpResponse::MethodNotAllowed));
}

/// Returns 200 while the process runs.
async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// Returns 200 if the database can be reached, otherwise 503. The application logs the failure. During a shutdown, it returns
/// 503 before the server stops accepting requests, so that proxies stop sending them.
async fn ready(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    if state.drain.is_draining() {
        return HttpResponse::ServiceUnavailable()
            .insert_header(("Retry-After", "1"))
            .json(json!({ "status": "stopping" }));
    }
    match state.app.ready(&context(&request)).await {
        Ok(()) => HttpResponse::Ok().json(json!({ "status": "ok" })),
        Err(_) => HttpResponse::ServiceUnavailable()
            .insert_header(("Retry-After", "1"))
            .json(json!({ "status": "unavailable" })),
    }
}
