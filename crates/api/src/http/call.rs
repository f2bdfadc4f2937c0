//! What handlers hand to [`super::unit`]: a write, and who makes it.

use usher_domain::{
    invitation::SecureId,
    port::StoreError,
    principal::Credential,
    quota::TooManyWrites,
    usecase::{idempotency::KeyError, resolve::ResolveError},
};

use super::{
    idempotency::{HeaderError, Owner, RequestKey, Ticket},
    state::AppState,
};

/// A write, as its handler understood the request.
#[derive(Debug)]
pub struct Call<C, P> {
    /// Shows up in the log.
    pub name: &'static str,
    /// From [`Repeats::key`](super::idempotency::Repeats::key).
    pub key: Result<Option<RequestKey>, HeaderError>,
    /// What the request says, or what is wrong with it.
    pub command: Result<C, P>,
}

/// Who makes a write that is not done in an account.
#[derive(Debug)]
pub enum Caller {
    /// Whoever has the credential.
    SignedIn(Credential),
    /// Whoever has the link of this invitation; `None` when the request names none.
    Link(Option<SecureId>),
}

/// A command that may be one that cannot be understood; or a refusal that needs no unit.
pub(super) type Entered<C, P> = Result<Result<C, P>, P>;

impl<C, P: DialectError> Call<C, P> {
    /// The ticket of the key, if there is one and somebody whose it is, beside the command. A key that cannot be read makes a
    /// request that cannot be understood; one that is in flight is not waited for.
    pub(super) fn enter(self, state: &AppState, owner: Option<Owner<'_>>) -> (Option<Ticket>, Entered<C, P>) {
        let key = match self.key {
            Ok(key) => key.zip(owner),
            Err(error) => return (None, Ok(Err(error.into()))),
        };
        match key.map(|(key, owner)| state.repeats.admit(key, &owner)).transpose() {
            Ok(ticket) => (ticket, Ok(self.command)),
            Err(error) => (None, Err(error.into())),
        }
    }
}

impl Caller {
    pub(super) fn owner(&self) -> Option<Owner<'_>> {
        match self {
            Self::SignedIn(credential) => Some(Owner::presenting(credential)),
            Self::Link(secure_id) => secure_id.as_ref().map(Owner::Link),
        }
    }

    pub(super) fn writer(&self) -> Option<&Credential> {
        match self {
            Self::SignedIn(credential) => Some(credential),
            Self::Link(_) => None,
        }
    }
}

/// A dialect's own error, which every refusal becomes.
pub trait DialectError:
    Clone
    + From<StoreError>
    + From<ResolveError>
    + From<TooManyWrites>
    + From<HeaderError>
    + From<KeyError>
    + Send
    + 'static
{
}

impl<P> DialectError for P where
    P: Clone
        + From<StoreError>
        + From<ResolveError>
        + From<TooManyWrites>
        + From<HeaderError>
        + From<KeyError>
        + Send
        + 'static
{
}
