//! What operators' machines ask: is the process alive, can it work.

use actix_web::{
    HttpResponse, Route,
    http::Method,
    web::{Data, ServiceConfig},
};
use serde_json::json;
use usher_domain::port::StoreError;

use super::{
    endpoint::{Endpoint, mount},
    state::AppState,
};

/// `GET /health/live` and `GET /health/ready`.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::new(Method::GET, "/health/live", live), Endpoint::new(Method::GET, "/health/ready", ready)]
}

/// Registers them.
pub fn configure(config: &mut ServiceConfig) {
    mount(config, endpoints(), || Route::new().to(HttpResponse::MethodNotAllowed));
}

/// The process answers.
async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// The process can reach its database.
async fn ready(state: Data<AppState>) -> HttpResponse {
    let reached = state.gate.run(|store, _| store.read("health", |tx| tx.next_mail_due().map(|_| ()))).await;
    match reached {
        Ok(()) => HttpResponse::Ok().json(json!({ "status": "ok" })),
        // Why stands in the log: the gate wrote it.
        Err::<_, StoreError>(_) => HttpResponse::ServiceUnavailable()
            .insert_header(("Retry-After", "1"))
            .json(json!({ "status": "unavailable" })),
    }
}
