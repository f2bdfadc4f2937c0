//! What edges hand to the application, and what they get back.

use usher_domain::{
    idempotency::Answer,
    invitation::SecureId,
    port::{StoreError, store::UnitError},
    principal::{Actor, Credential},
    quota::{Quota, TooManyWrites},
    usecase::{idempotency::KeyError, resolve::ResolveError},
};

use std::sync::Arc;

use crate::{context::RequestContext, idempotency::IdempotencyKey};

/// A request that reads.
#[derive(Debug)]
pub struct Query<Q> {
    /// The request it belongs to.
    pub context: RequestContext,
    /// The caller's credential.
    pub credential: Credential,
    /// The query; `None` if the request could not be understood. The caller learns that only if it may act in the
    /// account at all.
    pub query: Option<Q>,
}

/// A request that changes something.
#[derive(Debug)]
pub struct Call<Caller, Command> {
    /// The request it belongs to.
    pub context: RequestContext,
    /// The caller: a [`Credential`] for an operation in an account, a [`LinkCaller`] for an operation with a link.
    pub caller: Caller,
    /// Its idempotency key, if it has one.
    pub key: Option<IdempotencyKey>,
    /// Its command; `None` if the request could not be understood. The request counts against the write limit all the
    /// same, if its caller has a credential.
    pub command: Option<Command>,
}

/// The caller who accepts or declines an invitation.
#[derive(Debug, Clone)]
pub enum LinkCaller {
    /// A caller with a credential.
    SignedIn(Credential),
    /// A holder of this invitation's link; `None` when the request names no invitation.
    Anonymous(Option<SecureId>),
}

/// How an edge writes a result: the response that is sent, and stored with an idempotency key.
pub type Render<T> = Arc<dyn Fn(&T) -> Answer + Send + Sync>;

/// The result of an operation in an account.
#[derive(Debug, Clone)]
pub struct InAccount<T> {
    /// Who acted, and in which account.
    pub actor: Arc<Actor>,
    /// What the use case returned.
    pub value: T,
}

/// The outcome of a write.
#[derive(Debug)]
pub struct Outcome<E> {
    /// The response, or the reason why the request was rejected.
    pub result: Result<Reply, Rejection<E>>,
    /// The person's quota after this request. `None` if there is no write limit, or no person whose writes are counted.
    pub quota: Option<Quota>,
}

/// The response to a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The answer as the edge rendered it.
    pub answer: Answer,
    /// Whether the answer had been stored under the request's idempotency key. If so, this request changed nothing.
    pub replayed: bool,
}

/// Why a request was rejected. Failures of the store are among the use case's errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection<E> {
    /// The write limit of the hour is reached.
    WriteLimit(TooManyWrites),
    /// The caller may not act in the account.
    Caller(ResolveError),
    /// The idempotency key is in use, or belongs to another request.
    Key(KeyError),
    /// The request could not be understood; the edge knows why.
    NotUnderstood,
    /// The use case rejected it, or failed.
    UseCase(E),
}

impl<E> Outcome<E> {
    pub(crate) fn rejected(rejection: Rejection<E>) -> Self {
        Self { result: Err(rejection), quota: None }
    }
}

impl<E> From<StoreError> for Rejection<E>
where
    E: From<StoreError>,
{
    fn from(error: StoreError) -> Self {
        Self::UseCase(error.into())
    }
}

impl<E: UnitError> UnitError for Rejection<E> {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::WriteLimit(_) | Self::NotUnderstood => None,
            Self::Caller(error) => error.store_error(),
            Self::Key(error) => error.store_error(),
            Self::UseCase(error) => error.store_error(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::WriteLimit(_) => "too_many_writes",
            Self::NotUnderstood => "not_understood",
            Self::Caller(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::UseCase(error) => error.code(),
        }
    }
}
