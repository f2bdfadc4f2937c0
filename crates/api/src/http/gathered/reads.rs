//! What only reads.

use std::sync::Arc;

use usher_domain::{
    id::InvitationId,
    invitation::OpenInvitation,
    port::{Store, Tx, store::UnitError},
    principal::Credential,
    usecase::view::{Listing, Part, Start, ViewError, get_all, list_all},
};

use super::{
    Done, Request,
    actors::{Outcome, for_actors},
    lanes,
    recent::RecentActors,
};
use crate::{
    batch::Batcher,
    gate::{self, Gate},
    http::{call::DialectError, state::AppState, unit},
};

/// Gathers requests that read in an account.
pub(super) type Gatherer<Q, T, E> = Arc<Batcher<Request<Q>, Outcome<T, E>>>;

pub(super) fn gets(
    gate: &Gate,
    recent: Arc<RecentActors>,
) -> Gatherer<InvitationId, OpenInvitation, ViewError> {
    Batcher::new(gate.clone(), lanes(), move |store: &dyn Store, env, requests| {
        let requests: Vec<_> = requests.iter().collect();
        let callers =
            |tx: &mut dyn Tx, credentials: &[&Credential], now| recent.resolve_all(tx, credentials, now);
        store.look("get", |tx| for_actors(tx, env, &requests, callers, get_all))
    })
}

/// What a page by number leaves out is counted, perhaps from the end that is nearer: that has to be of one picture, or a change in
/// between would shift the page.
pub(super) fn lists(gate: &Gate, recent: Arc<RecentActors>) -> Gatherer<Part, Listing, ViewError> {
    Batcher::new(gate.clone(), lanes(), move |store: &dyn Store, env, requests| {
        let requests: Vec<&Request<Part>> = requests.iter().collect();
        let callers =
            |tx: &mut dyn Tx, credentials: &[&Credential], now| recent.resolve_all(tx, credentials, now);
        let list = |tx: &mut dyn Tx| for_actors(tx, env, &requests, callers, list_all);
        if requests.iter().any(|(_, part)| matches!(part.start, Start::Offset(1..))) {
            return store.read("list", list);
        }
        store.look("list", list)
    })
}

/// Asks for one of several. What is wrong with a query is told only to those who may act in the account at all.
pub async fn ask<Q, T, E, P>(
    state: &AppState,
    gatherer: &Gatherer<Q, T, E>,
    credential: Credential,
    query: Result<Q, P>,
) -> Result<Done<T>, P>
where
    Q: Send + 'static,
    T: Send + 'static,
    E: UnitError + Send + 'static,
    P: DialectError + From<E>,
{
    let query = match query {
        Ok(query) => query,
        Err(problem) => return Err(unit::not_understood(state, credential, problem).await),
    };
    match gatherer.ask((credential, query)).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(refusal)) => Err(refusal.logged()),
        Err(error) => {
            gate::log(&error);
            Err(error.into())
        }
    }
}
