//! Health checks: liveness and readiness.

use actix_web::{
    HttpResponse, Route,
    http::Method,
    web::{Data, ServiceConfig},
};
use serde_json::json;
use usher_app::NotReady;
use usher_http_kit::{
    AppState,
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

/// Returns 200 while all work makes progress, otherwise 503: the process has to be restarted.
async fn live(state: Data<AppState>) -> HttpResponse {
    match state.app.health().stuck() {
        None => ok(),
        Some(work) => {
            tracing::error!(work, "not live: no progress for minutes");
            unavailable("stuck")
        }
    }
}

/// Returns 200 if the database accepts writes and the clocks agree, otherwise 503. The application logs the failure. During a
/// shutdown, it returns 503 before the server stops accepting requests, so that proxies stop sending them.
async fn ready(state: Data<AppState>) -> HttpResponse {
    if state.drain.is_draining() {
        return unavailable("stopping");
    }
    match state.app.health().ready().await {
        Ok(()) => ok(),
        Err(NotReady::Store(_)) => unavailable("database"),
        Err(NotReady::Clock(_)) => unavailable("clock"),
    }
}

fn ok() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

fn unavailable(reason: &str) -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header(("Retry-After", "1"))
        .json(json!({ "status": "unavailable", "reason": reason }))
}
