use actix_web::{
    HttpRequest, HttpResponse,
    http::header::CONTENT_TYPE,
    web::{Bytes, Payload},
};
use serde_json::{Map, Value};
use usher_domain::{
    env::Env,
    idempotency::Answer,
    port::{Tx, store::UnitError},
    principal::{Actor, Credential},
};

use super::error::Problem;
use crate::http::{
    body,
    call::{Call, Caller},
    credentials,
    idempotency::Answered,
    json::{self, Fields},
    state::AppState,
    unit,
};

/// The credential of the request.
pub(super) async fn credential(request: &HttpRequest, state: &AppState) -> Result<Credential, Problem> {
    Ok(credentials::bearer_credential(request, state).await?)
}

/// The body. The type that the request declares is looked at in strict mode only: the reference's own `curl -d` lines declare
/// a form.
pub(super) async fn body(
    request: &HttpRequest,
    payload: Payload,
    state: &AppState,
) -> Result<Bytes, Problem> {
    if state.landscape.strict_content_type && !declares_json(request) {
        return Err(Problem::unsupported_media_type());
    }
    Ok(body::read(payload, state.body_timeout).await?)
}

/// The fields of a JSON body.
pub(super) fn fields(body: &[u8]) -> Result<Fields, Problem> {
    Ok(Fields::new(json::object(body)?))
}

/// As [`fields`], for operations whose body may be absent.
pub(super) fn optional_fields(body: &[u8]) -> Result<Fields, Problem> {
    if body.is_empty() { Ok(Fields::new(Map::new())) } else { fields(body) }
}

fn declares_json(request: &HttpRequest) -> bool {
    let declared = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    declared
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// Refuses when any field was wrong.
pub(super) fn complete(fields: &Fields) -> Result<(), Problem> {
    if fields.problems().is_empty() { Ok(()) } else { Err(Problem::fields(fields.problems())) }
}

/// [`unit::write`] with the refusals of this dialect, which tells of the write limit only when it is reached.
pub(super) async fn write_in_account<C, E>(
    state: &AppState,
    credential: Credential,
    call: Call<C, Problem>,
    work: impl FnMut(&mut dyn Tx, &Env, &Actor, &C) -> Result<Answer, E> + Send + 'static,
) -> Result<Answered, Problem>
where
    C: Send + 'static,
    E: UnitError + Into<Problem>,
{
    let done = unit::write(state, credential, call, work).await;
    done.map(|done| done.value).map_err(|refused| refused.value)
}

/// [`unit::write_as_anybody`] with the refusals of this dialect.
pub(super) async fn write_as_anybody<C, E>(
    state: &AppState,
    caller: Caller,
    call: Call<C, Problem>,
    work: impl FnMut(&mut dyn Tx, &Env, &C) -> Result<Answer, E> + Send + 'static,
) -> Result<HttpResponse, Problem>
where
    C: Send + 'static,
    E: UnitError + Into<Problem>,
{
    let done = unit::write_as_anybody(state, caller, call, work).await;
    done.map(|done| done.value.into_response()).map_err(|refused| refused.value)
}

/// 200 with JSON.
pub(super) fn json_answer(body: &Value) -> Answer {
    Answer { status: 200, content_type: Some("application/json".to_owned()), body: body.to_string() }
}

/// 204.
pub(super) fn no_content() -> Answer {
    Answer { status: 204, content_type: None, body: String::new() }
}
