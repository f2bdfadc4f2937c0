//! From an HTTP request to what the application takes.

use actix_web::{HttpMessage as _, HttpRequest};
use tracing_actix_web::RequestId;
use usher_app::{Call, IdempotencyKey, Query, Rejection, RequestContext};
use usher_domain::{
    port::StoreError,
    principal::Credential,
    quota::TooManyWrites,
    usecase::{idempotency::KeyError, resolve::ResolveError},
};

use crate::idempotency_key::HeaderError;

/// A request for the application, and why it could not be understood, if it could not. The application decides whether the
/// caller gets to know that reason.
#[derive(Debug)]
pub struct Parsed<R, P> {
    /// For the application.
    pub request: R,
    /// For [`problem`].
    pub not_understood: Option<P>,
}

/// The context of an HTTP request: its id, and its time budget.
#[must_use]
pub fn context(request: &HttpRequest) -> RequestContext {
    let id = request.extensions().get::<RequestId>().map(ToString::to_string);
    id.map_or_else(RequestContext::internal, |id| RequestContext::new(&id))
}

/// A call of `caller`. A key that could not be read makes a request that could not be understood.
pub fn call<W, C, P: From<HeaderError>>(
    context: RequestContext,
    caller: W,
    key: Result<Option<IdempotencyKey>, HeaderError>,
    command: Result<C, P>,
) -> Parsed<Call<W, C>, P> {
    let (key, command) = match key {
        Ok(key) => (key, command),
        Err(error) => (None, Err(error.into())),
    };
    let (command, not_understood) = split(command);
    Parsed { request: Call { context, caller, key, command }, not_understood }
}

/// A query of the holder of a credential.
pub fn query<Q, P>(
    context: RequestContext,
    credential: Credential,
    query: Result<Q, P>,
) -> Parsed<Query<Q>, P> {
    let (query, not_understood) = split(query);
    Parsed { request: Query { context, credential, query }, not_understood }
}

/// A rejection in the dialect's form.
pub fn problem<E, P>(rejection: Rejection<E>, not_understood: Option<P>) -> P
where
    P: From<TooManyWrites> + From<ResolveError> + From<KeyError> + From<StoreError> + From<E>,
{
    match rejection {
        Rejection::Limit(error) => error.into(),
        Rejection::Caller(error) => error.into(),
        Rejection::Key(error) => error.into(),
        Rejection::UseCase(error) => error.into(),
        Rejection::NotUnderstood => {
            not_understood.unwrap_or_else(|| StoreError::defect("an understood request was rejected").into())
        }
    }
}

fn split<C, P>(parsed: Result<C, P>) -> (Option<C>, Option<P>) {
    match parsed {
        Ok(command) => (Some(command), None),
        Err(problem) => (None, Some(problem)),
    }
}
