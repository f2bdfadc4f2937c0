//! Conversion of HTTP requests to calls and queries of the application.

use actix_web::HttpRequest;
use usher_app::{Call, IdempotencyKey, Query, Rejection, RequestContext, telemetry};
use usher_domain::{
    port::StoreError,
    principal::Credential,
    quota::TooManyWrites,
    usecase::{idempotency::KeyError, resolve::ResolveError},
};

use crate::{idempotency_key::HeaderError, request_id};

/// A request for the application, and the reason if its content is invalid. The application identifies and authorizes the caller
/// first, so an unauthorized caller does not learn the reason.
#[derive(Debug)]
pub struct Parsed<I, P> {
    /// The argument of the application service: a [`Call`] or a [`Query`].
    pub input: I,
    /// The argument of [`problem`]: the reason why the content is invalid.
    pub not_understood: Option<P>,
}

/// Returns the context of an HTTP request: its id and its time budget.
#[must_use]
pub fn context(request: &HttpRequest) -> RequestContext {
    request_id(request).map_or_else(RequestContext::internal, |id| RequestContext::new(&id))
}

/// Builds a call of `caller`. An unreadable key makes the content invalid.
pub fn call<Caller, Command, P: From<HeaderError>>(
    context: RequestContext,
    caller: Caller,
    key: Result<Option<IdempotencyKey>, HeaderError>,
    command: Result<Command, P>,
) -> Parsed<Call<Caller, Command>, P> {
    let (key, command) = match key {
        Ok(key) => (key, command),
        Err(error) => (None, Err(error.into())),
    };
    let (command, not_understood) = split(command);
    Parsed { input: Call { context, caller, key, command }, not_understood }
}

/// Builds a query for a credential.
pub fn query<Q, P>(
    context: RequestContext,
    credential: Credential,
    query: Result<Q, P>,
) -> Parsed<Query<Q>, P> {
    let (query, not_understood) = split(query);
    Parsed { input: Query { context, credential, query }, not_understood }
}

/// Converts a rejection to the problem of a dialect.
pub fn problem<E, P>(rejection: Rejection<E>, not_understood: Option<P>) -> P
where
    P: From<TooManyWrites> + From<ResolveError> + From<KeyError> + From<StoreError> + From<E>,
{
    match rejection {
        Rejection::WriteLimit(error) => error.into(),
        Rejection::Caller(error) => {
            telemetry::security::caller_refused(&error);
            error.into()
        }
        Rejection::Key(error) => error.into(),
        Rejection::UseCase(error) => error.into(),
        Rejection::NotUnderstood => not_understood.unwrap_or_else(|| {
            let defect = StoreError::defect("an understood request was rejected as not understood");
            telemetry::defect("request", &defect);
            defect.into()
        }),
    }
}

fn split<C, P>(parsed: Result<C, P>) -> (Option<C>, Option<P>) {
    match parsed {
        Ok(command) => (Some(command), None),
        Err(problem) => (None, Some(problem)),
    }
}
