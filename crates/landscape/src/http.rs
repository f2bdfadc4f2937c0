//! Shared by all handlers: reading a request's content, and responding.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::CONTENT_TYPE,
    web::{Bytes, Payload},
};
use serde::Serialize;
use usher_app::{IdempotencyKey, Outcome, telemetry};
use usher_domain::{idempotency::Answer, port::StoreError};
use usher_http_kit::{
    AppState, body,
    idempotency_key::{self, HeaderError},
    names::check_parameters,
    problem, reply,
};

use crate::{LandscapeSettings, error::Problem};

/// The body and the idempotency key of a write. Errors are kept, because the application identifies the caller before it rejects
/// the content.
pub(crate) struct Content {
    pub(crate) body: Result<Bytes, Problem>,
    pub(crate) key: Result<Option<IdempotencyKey>, HeaderError>,
}

/// Reads the body and the key.
pub(crate) async fn content(
    request: &HttpRequest,
    payload: Payload,
    state: &AppState,
    settings: LandscapeSettings,
) -> Content {
    let body = body(request, payload, state, settings).await;
    let key = idempotency_key::of_request(request, &state.app, body.as_deref().ok());
    Content { body, key }
}

/// Checks the query, and reads the body. Only strict mode checks its declared type, because the `curl -d` commands of Landscape's reference declare a
/// form.
pub(crate) async fn body(
    request: &HttpRequest,
    payload: Payload,
    state: &AppState,
    settings: LandscapeSettings,
) -> Result<Bytes, Problem> {
    check_parameters(request, &[])?;
    if settings.strict_content_type && !declares_json(request) {
        return Err(Problem::unsupported_media_type());
    }
    Ok(body::read(payload, state.body_timeout).await?)
}

fn declares_json(request: &HttpRequest) -> bool {
    let declared = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    declared
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// Returns the response to a write. This dialect sends no headers about the write limit until the limit is reached.
pub(crate) fn respond<E>(
    outcome: Outcome<E>,
    not_understood: Option<Problem>,
) -> Result<HttpResponse, Problem>
where
    Problem: From<E>,
{
    outcome.result.map(reply::response).map_err(|rejection| problem(rejection, not_understood))
}

/// Returns 200 with JSON.
pub(crate) fn json_answer(body: &impl Serialize) -> Answer {
    match serde_json::to_string(body) {
        Ok(body) => Answer { status: 200, content_type: Some("application/json".to_owned()), body },
        Err(error) => defect("render", error).answer(),
    }
}

/// Returns 204 for any result.
pub(crate) const fn no_content<T>(_: &T) -> Answer {
    Answer { status: 204, content_type: None, body: String::new() }
}

/// Logs a defect of this edge, which the application does not see, and returns its problem.
pub(crate) fn defect(operation: &'static str, cause: impl std::fmt::Display) -> Problem {
    let error = StoreError::defect(cause.to_string());
    telemetry::defect(operation, &error);
    error.into()
}
