//! Operations: what the façade can do in batches. Each names its use case; the pipelines in [`read`] and [`mod@write`] do the
//! rest.

pub(crate) mod read;
pub(crate) mod write;

use std::sync::Arc;

use usher_domain::{
    env::Env,
    id::AccountId,
    port::{StoreError, Tx},
    principal::{Actor, Credential},
    usecase::resolve::{ResolveError, resolve_all},
};

use crate::{call::LinkCaller, idempotency::Owner};

/// Results of a use case for several requests, each in its place.
pub(crate) type Results<T, E> = Result<Vec<Result<T, E>>, StoreError>;

/// The identities behind callers, each in its place.
pub(crate) type Identities<I> = Results<I, ResolveError>;

/// The caller of a request that writes.
pub(crate) trait Caller: Send + Sync + 'static {
    /// Whether the application identifies the caller. If so, only an identified caller learns why its request was
    /// rejected.
    const IS_IDENTIFIED: bool;
    /// What is known of a caller once its unit has begun.
    type Identity: Send;

    /// The credential whose write limit the request counts against.
    fn counted_credential(&self) -> Option<&Credential>;
    /// The owner of the request's key, as far as the credential alone identifies it.
    fn presented(&self) -> Option<Owner<'_>>;
    /// The owner of the key, once the caller is identified.
    fn owner<'a>(&'a self, identity: &'a Self::Identity) -> Option<Owner<'a>>;
    /// The account of the identity, if there is one.
    fn account(identity: &Self::Identity) -> Option<AccountId>;
    /// Identifies several callers at once.
    fn identify(tx: &mut dyn Tx, env: &Env, callers: &[&Self]) -> Identities<Self::Identity>;
}

/// Operations in an account: the credential must belong to a member.
impl Caller for Credential {
    const IS_IDENTIFIED: bool = true;
    type Identity = Arc<Actor>;

    fn counted_credential(&self) -> Option<&Credential> {
        Some(self)
    }

    fn presented(&self) -> Option<Owner<'_>> {
        Some(Owner::presenting(self))
    }

    fn owner<'a>(&'a self, identity: &'a Arc<Actor>) -> Option<Owner<'a>> {
        Some(Owner::Member(identity))
    }

    fn account(identity: &Arc<Actor>) -> Option<AccountId> {
        Some(identity.account.id)
    }

    fn identify(tx: &mut dyn Tx, env: &Env, callers: &[&Self]) -> Identities<Arc<Actor>> {
        resolve_all(tx, callers, env.now())
    }
}

/// Operations with a link: the use case judges what the caller proves.
impl Caller for LinkCaller {
    const IS_IDENTIFIED: bool = false;
    type Identity = ();

    fn counted_credential(&self) -> Option<&Credential> {
        match self {
            Self::SignedIn(credential) => Some(credential),
            Self::Anonymous(_) => None,
        }
    }

    fn presented(&self) -> Option<Owner<'_>> {
        match self {
            Self::SignedIn(credential) => Some(Owner::presenting(credential)),
            Self::Anonymous(secure_id) => secure_id.as_ref().map(Owner::Link),
        }
    }

    fn owner<'a>(&'a self, (): &'a ()) -> Option<Owner<'a>> {
        self.presented()
    }

    fn account((): &()) -> Option<AccountId> {
        None
    }

    fn identify(_: &mut dyn Tx, _: &Env, callers: &[&Self]) -> Identities<()> {
        Ok(callers.iter().map(|_| Ok(())).collect())
    }
}
