use actix_web::{
    HttpRequest,
    http::header::CONTENT_TYPE,
    web::{Bytes, Payload},
};
use serde_json::Map;
use usher_domain::{
    env::Env,
    port::{Tx, store::UnitError},
    principal::{Actor, Credential},
};

use super::error::Problem;
use crate::http::{
    body, credentials,
    json::{self, Fields},
    state::AppState,
    unit,
};

/// The credential of the request.
pub(super) async fn credential(request: &HttpRequest, state: &AppState) -> Result<Credential, Problem> {
    Ok(credentials::bearer_credential(request, state).await?)
}

/// The fields of a JSON body. The type that the request declares is looked at in strict mode only: the reference's own
/// `curl -d` lines declare a form.
pub(super) async fn fields(
    request: &HttpRequest,
    payload: Payload,
    state: &AppState,
) -> Result<Fields, Problem> {
    let body = read(request, payload, state).await?;
    Ok(Fields::new(json::object(&body)?))
}

/// As [`fields`], for operations whose body may be absent.
pub(super) async fn optional_fields(
    request: &HttpRequest,
    payload: Payload,
    state: &AppState,
) -> Result<Fields, Problem> {
    let body = read(request, payload, state).await?;
    Ok(Fields::new(if body.is_empty() { Map::new() } else { json::object(&body)? }))
}

async fn read(request: &HttpRequest, payload: Payload, state: &AppState) -> Result<Bytes, Problem> {
    if state.landscape.strict_content_type && !declares_json(request) {
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

/// Refuses when any field was wrong.
pub(super) fn complete(fields: &Fields) -> Result<(), Problem> {
    if fields.problems().is_empty() { Ok(()) } else { Err(Problem::fields(fields.problems())) }
}

/// [`unit::write`] with the refusals of this dialect, which tells of the write limit only when it is reached.
pub(super) async fn write_in_account<C, T, E>(
    state: &AppState,
    credential: Credential,
    name: &'static str,
    command: Result<C, Problem>,
    work: impl FnMut(&mut dyn Tx, &Env, &Actor, &C) -> Result<T, E> + Send + 'static,
) -> Result<T, Problem>
where
    C: Send + 'static,
    T: Send + 'static,
    E: UnitError + Into<Problem>,
{
    let done = unit::write(state, credential, name, command, work).await;
    done.map(|done| done.value).map_err(|refused| refused.value)
}

/// [`unit::write_as_anybody`] with the refusals of this dialect.
pub(super) async fn write_as_anybody<C, T, E>(
    state: &AppState,
    writer: Option<Credential>,
    name: &'static str,
    command: Result<C, Problem>,
    work: impl FnMut(&mut dyn Tx, &Env, &C) -> Result<T, E> + Send + 'static,
) -> Result<T, Problem>
where
    C: Send + 'static,
    T: Send + 'static,
    E: UnitError + Into<Problem>,
{
    let done = unit::write_as_anybody(state, writer, name, command, work).await;
    done.map(|done| done.value).map_err(|refused| refused.value)
}
