use actix_web::{
    HttpRequest,
    http::header::CONTENT_TYPE,
    web::{Bytes, Payload},
};
use serde_json::Map;
use usher_domain::{
    env::Env,
    port::{Store, StoreError, Tx, store::UnitError},
    principal::{Actor, Principal},
    usecase::resolve::resolve,
};

use super::error::Problem;
use crate::http::{
    body, credentials,
    json::{self, Fields},
    state::AppState,
};

/// The principal of the request.
pub(super) async fn principal(request: &HttpRequest, state: &AppState) -> Result<Principal, Problem> {
    Ok(credentials::principal(request, state).await?)
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
    if state.strict_content_type && !declares_json(request) {
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

/// The refusals of a unit of work, already in the dialect's form, beside the store's own errors, which the store has
/// to see to run the unit again.
pub(super) enum Refusal {
    Problem(Problem),
    Store(StoreError),
}

impl Refusal {
    /// Turns a use case's error into a refusal.
    pub(super) fn of<E: UnitError + Into<Problem>>(error: E) -> Self {
        match error.store_error() {
            Some(store) => Self::Store(store.clone()),
            None => Self::Problem(error.into()),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl UnitError for Refusal {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Problem(_) => None,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Problem(problem) => problem,
            Refusal::Store(error) => error.into(),
        }
    }
}

/// Whether a unit of an actor reads or writes.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Read(&'static str),
    Write(&'static str),
}

/// Runs a use case of an actor: resolves the principal and does the work in one unit.
pub(super) async fn act<T, E>(
    state: &AppState,
    principal: Principal,
    unit: Unit,
    mut work: impl FnMut(&mut dyn Tx, &Env, &Actor) -> Result<T, E> + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: UnitError + Into<Problem>,
{
    let done = state.gate.run(move |store: &dyn Store, env: &Env| {
        let work = |tx: &mut dyn Tx| {
            let actor = resolve(tx, &principal).map_err(Refusal::of)?;
            work(tx, env, &actor).map_err(Refusal::of)
        };
        match unit {
            Unit::Read(name) => store.read(name, work),
            Unit::Write(name) => store.write(name, work),
        }
    });
    done.await.map_err(|refusal: Refusal| refusal.into())
}
