//! Use cases that many ask for at once, for every dialect alike: requests of one kind that come at the same time are one unit of
//! work (see [`crate::batch`]).

use std::{collections::HashSet, sync::Arc};

use usher_domain::{
    Timestamp,
    env::Env,
    id::InvitationId,
    idempotency::Answer,
    invitation::Invitation,
    port::{Store, StoreError, Tx, store::UnitError},
    principal::{Actor, Credential},
    quota::{Quota, TooManyWrites},
    usecase::{
        accept::{Accept, AcceptError, Accepted, Acceptor, accept as accept_one, accept_all},
        count_write::write_counted,
        invite::{Invite, InviteError, invite as invite_one, invite_all},
        resolve::{ResolveError, resolve_all},
        view::{InvitationView, Listing, Part, Start, ViewError, get_all, list_all},
    },
};

use super::{
    call::{Call, Caller, DialectError},
    idempotency::Answered,
    state::AppState,
    unit::{self, Counted},
};
use crate::{
    batch::Batcher,
    gate::{self, Gate},
};

/// Batches of one kind that run at once: as many as there are processors, and two at least. With one, the database waits while
/// its answer is read; with more, each batch is smaller and costs the same round trips.
fn lanes() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2)
}

/// What came of a request in an account.
#[derive(Debug)]
pub struct Done<T> {
    /// Whose request it was.
    pub actor: Arc<Actor>,
    /// The moment that it was judged at.
    pub now: Timestamp,
    /// What the use case answers.
    pub value: T,
}

/// Why a request was refused.
#[derive(Debug)]
enum Refusal<E> {
    Limit(TooManyWrites),
    Caller(ResolveError),
    UseCase(E),
}

/// Who asks for what.
type Request<Q> = (Credential, Q);
/// A use case for several requests.
type UseCase<Q, T, E> = fn(&mut dyn Tx, &Env, &[(&Actor, &Q)]) -> Result<Vec<Result<T, E>>, StoreError>;
type Outcome<T, E> = Result<Done<T>, Refusal<E>>;
type Gatherer<Q, T, E> = Arc<Batcher<Request<Q>, Outcome<T, E>>>;
/// What came of a write, which is counted.
type Written<T, E> = Counted<Result<T, Refusal<E>>>;
/// Of writes.
type Inviter = Batcher<Request<Invite>, Written<Done<Invitation>, InviteError>>;
/// Who is counted for it, and what is accepted.
type Acceptance = (Option<Credential>, Accept);
type Accepter = Batcher<Acceptance, Written<Accepted, AcceptError>>;

/// The use cases.
pub struct Gathered {
    gets: Gatherer<InvitationId, InvitationView, ViewError>,
    lists: Gatherer<Part, Listing, ViewError>,
    invitations: Arc<Inviter>,
    acceptances: Arc<Accepter>,
}

impl Gathered {
    /// Through that gate.
    #[must_use]
    pub fn new(gate: &Gate) -> Self {
        Self {
            gets: Batcher::new(gate.clone(), lanes(), |store, env, requests| {
                look(store, env, "get", requests, get_all)
            }),
            lists: Batcher::new(gate.clone(), lanes(), |store, env, requests: &[Request<Part>]| {
                // What is left out at the beginning is counted from the end that is nearer: of one picture, or a change
                // in between would shift the page.
                if requests.iter().any(|(_, part)| matches!(part.start, Start::Offset(1..))) {
                    return store.read("list", |tx| for_actors(tx, env, &pairs(requests), list_all));
                }
                look(store, env, "list", requests, list_all)
            }),
            invitations: Batcher::new(gate.clone(), lanes(), invite_counted),
            acceptances: Batcher::new(gate.clone(), lanes(), accept_counted),
        }
    }
}

impl std::fmt::Debug for Gathered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gathered").finish_non_exhaustive()
    }
}

/// One open invitation.
pub async fn get<P>(
    state: &AppState,
    credential: Credential,
    id: Result<InvitationId, P>,
) -> Result<Done<InvitationView>, P>
where
    P: DialectError + From<ViewError>,
{
    ask(state, &state.gathered.gets, credential, id).await
}

/// A part of the open invitations.
pub async fn list<P>(
    state: &AppState,
    credential: Credential,
    part: Result<Part, P>,
) -> Result<Done<Listing>, P>
where
    P: DialectError + From<ViewError>,
{
    ask(state, &state.gathered.lists, credential, part).await
}

/// Invites. One that came with a key, or that cannot be understood, is a unit of its own.
pub async fn invite<P>(
    state: &AppState,
    credential: Credential,
    call: Call<Invite, P>,
    render: fn(&Done<Invitation>) -> Answer,
) -> Result<Counted<Answered>, Counted<P>>
where
    P: DialectError + From<InviteError>,
{
    let command = match call {
        Call { key: Ok(None), command: Ok(command), .. } => command,
        call => {
            let alone = move |tx: &mut dyn Tx, env: &Env, actor: &Actor, command: &Invite| {
                let value = invite_one(tx, env, actor, command)?;
                Ok::<_, InviteError>(render(&Done { actor: Arc::new(actor.clone()), now: env.now(), value }))
            };
            return unit::write(state, credential, call, alone).await;
        }
    };
    answered(state.gathered.invitations.ask((credential, command)).await, render)
}

/// Accepts. As [`invite`], one that came with a key, or that cannot be understood, is a unit of its own.
pub async fn accept<P>(
    state: &AppState,
    caller: Caller,
    call: Call<Accept, P>,
    render: fn(&Accepted) -> Answer,
) -> Result<Counted<Answered>, Counted<P>>
where
    P: DialectError + From<AcceptError>,
{
    let command = match call {
        Call { key: Ok(None), command: Ok(command), .. } => command,
        call => {
            let alone = move |tx: &mut dyn Tx, env: &Env, command: &Accept| {
                accept_one(tx, env, command).map(|accepted| render(&accepted))
            };
            return unit::write_as_anybody(state, caller, call, alone).await;
        }
    };
    answered(state.gathered.acceptances.ask((caller.writer().cloned(), command)).await, render)
}

/// What came of a write, in the dialect's form.
fn answered<T, E, P>(
    end: Result<Written<T, E>, StoreError>,
    render: fn(&T) -> Answer,
) -> Result<Counted<Answered>, Counted<P>>
where
    E: UnitError,
    P: DialectError + From<E>,
{
    match end {
        Ok(Counted { value: Ok(done), quota }) => {
            Ok(Counted { value: Answered { answer: render(&done), replayed: false }, quota })
        }
        Ok(Counted { value: Err(refusal), quota }) => Err(Counted { value: refusal.logged(), quota }),
        Err(error) => {
            gate::log(&error);
            Err(Counted { value: error.into(), quota: None })
        }
    }
}

/// What is wrong with a query is told only to those who may act in the account at all.
async fn ask<Q, T, E, P>(
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

impl<E: UnitError> Refusal<E> {
    /// In the dialect's form.
    fn logged<P: From<TooManyWrites> + From<ResolveError> + From<E>>(self) -> P {
        match self {
            Self::Limit(error) => {
                tracing::debug!(code = "too_many_writes", "refused");
                error.into()
            }
            Self::Caller(error) => {
                gate::log(&error);
                error.into()
            }
            Self::UseCase(error) => {
                gate::log(&error);
                error.into()
            }
        }
    }
}

/// Reads, each in its place.
fn look<Q, T, E>(
    store: &dyn Store,
    env: &Env,
    name: &'static str,
    requests: &[Request<Q>],
    work: UseCase<Q, T, E>,
) -> Result<Vec<Outcome<T, E>>, StoreError> {
    let requests = pairs(requests);
    store.look(name, |tx| for_actors(tx, env, &requests, work))
}

fn pairs<Q>(requests: &[Request<Q>]) -> Vec<(&Credential, &Q)> {
    requests.iter().map(|(credential, query)| (credential, query)).collect()
}

/// Counts those who invite, and invites for those who are within their limits.
fn invite_counted(
    store: &dyn Store,
    env: &Env,
    requests: &[Request<Invite>],
) -> Result<Vec<Written<Done<Invitation>, InviteError>>, StoreError> {
    let writers: Vec<_> = requests.iter().map(|(credential, _)| Some(credential)).collect();
    let key = |(_, command): &Request<Invite>| [command.email.key().to_owned()];
    counted(store, env, ("invite", &writers), requests, |tx, requests, quotas| {
        in_rounds(requests, quotas, key, |requests| {
            let these: Vec<_> = requests.iter().map(|(credential, command)| (credential, command)).collect();
            for_actors(tx, env, &these, invite_all)
        })
    })
}

/// Counts those who accept with a credential, and accepts for those who are within their limits.
fn accept_counted(
    store: &dyn Store,
    env: &Env,
    requests: &[Acceptance],
) -> Result<Vec<Written<Accepted, AcceptError>>, StoreError> {
    let writers: Vec<_> = requests.iter().map(|(writer, _)| writer.as_ref()).collect();
    counted(store, env, ("accept", &writers), requests, |tx, requests, quotas| {
        in_rounds(requests, quotas, keys_of_acceptance, |requests| {
            let commands: Vec<&Accept> = requests.iter().map(|(_, command)| command).collect();
            let answers = accept_all(tx, env, &commands)?;
            Ok(answers.into_iter().map(|answer| answer.map_err(Refusal::UseCase)).collect())
        })
    })
}

/// Counts the writers and does the work for all of them. What one of them met, such as a row that cannot be read, is not for the
/// others to bear: then each is worked for alone, and nobody is counted again.
fn counted<R, T, E: UnitError>(
    store: &dyn Store,
    env: &Env,
    (name, writers): (&'static str, &[Option<&Credential>]),
    requests: &[R],
    work: impl Fn(&mut dyn Tx, &[R], &[Option<Quota>]) -> Result<Vec<Written<T, E>>, StoreError>,
) -> Result<Vec<Written<T, E>>, StoreError> {
    let mut counts = Vec::new();
    let end = write_counted(store, env, name, writers, |tx, quotas| {
        counts = quotas.to_vec();
        work(tx, requests, quotas)
    });
    match end {
        Err(StoreError::Contended | StoreError::Corrupt { .. } | StoreError::Conflict(_))
            if counts.len() > 1 => {}
        end => return end,
    }
    let alone = |(request, quota): (&R, Option<Quota>)| {
        let one = (std::slice::from_ref(request), [quota]);
        let written = store.write::<_, StoreError>(name, |tx| work(tx, one.0, &one.1));
        let written = written.and_then(|all| all.into_iter().next().ok_or_else(unanswered));
        written.unwrap_or_else(|error| Counted { value: Err(Refusal::UseCase(error.into())), quota })
    };
    Ok(requests.iter().zip(counts).map(alone).collect())
}

/// The invitation, and who accepts it if that is said.
fn keys_of_acceptance((_, command): &Acceptance) -> Vec<String> {
    let by = match &command.by {
        Acceptor::Principal(principal) => Some(principal.email.key().to_owned()),
        Acceptor::Newcomer { .. } => None,
    };
    // No address is a secure id: it has no @.
    by.into_iter().chain([command.secure_id.to_string()]).collect()
}

/// Runs requests that are within their writers' limits, and answers all of them, each in its place. Of those that have a key in
/// common only the first is run; the others, which have to see what came of it, are run after it, and so on.
fn in_rounds<R, T, E, K: IntoIterator<Item = String>>(
    requests: &[R],
    quotas: &[Option<Quota>],
    keys: impl Fn(&R) -> K,
    mut run: impl FnMut(&[&R]) -> Result<Vec<Result<T, Refusal<E>>>, StoreError>,
) -> Result<Vec<Written<T, E>>, StoreError> {
    let exceeded = |place: usize| quotas.get(place).copied().flatten().filter(Quota::is_exceeded);
    let mut outcomes: Vec<Option<Result<T, Refusal<E>>>> = (0..requests.len())
        .map(|place| exceeded(place).map(|quota| Err(Refusal::Limit(TooManyWrites(quota)))))
        .collect();
    let mut waiting: Vec<usize> = (0..requests.len()).filter(|place| exceeded(*place).is_none()).collect();
    while !waiting.is_empty() {
        let mut taken = HashSet::new();
        let is_first = |place: &usize| {
            let keys: Vec<String> = requests.get(*place).into_iter().flat_map(&keys).collect();
            let is_first = !keys.iter().any(|key| taken.contains(key));
            // Also those of one that has to wait: whoever comes behind it waits for it too.
            taken.extend(keys);
            is_first
        };
        let (now, later): (Vec<usize>, Vec<usize>) = waiting.into_iter().partition(is_first);
        let these: Vec<&R> = now.iter().filter_map(|place| requests.get(*place)).collect();
        for (place, outcome) in now.into_iter().zip(run(&these)?) {
            if let Some(slot) = outcomes.get_mut(place) {
                *slot = Some(outcome);
            }
        }
        waiting = later;
    }
    let counted = outcomes.into_iter().zip(quotas).map(|(outcome, quota)| {
        let value = outcome.ok_or_else(unanswered)?;
        Ok(Counted { value, quota: *quota })
    });
    counted.collect()
}

/// Finds out who asks, and runs a use case for all of those who may ask at all.
fn for_actors<Q, T, E>(
    tx: &mut dyn Tx,
    env: &Env,
    requests: &[(&Credential, &Q)],
    work: UseCase<Q, T, E>,
) -> Result<Vec<Outcome<T, E>>, StoreError> {
    let now = env.now();
    let credentials: Vec<&Credential> = requests.iter().map(|(credential, _)| *credential).collect();
    let actors = resolve_all(tx, &credentials, now)?;
    let of_actors: Vec<(&Actor, &Q)> = actors
        .iter()
        .zip(requests)
        .filter_map(|(actor, (_, query))| actor.as_ref().ok().map(|actor| (actor.as_ref(), *query)))
        .collect();
    let mut answers = if of_actors.is_empty() { Vec::new() } else { work(tx, env, &of_actors)? }.into_iter();
    let outcome = |actor: &Result<Arc<Actor>, ResolveError>| match actor {
        Err(error) => Ok(Err(Refusal::Caller(error.clone()))),
        Ok(actor) => {
            let answer = answers.next().ok_or_else(unanswered)?;
            let done = |value| Done { actor: Arc::clone(actor), now, value };
            Ok(answer.map(done).map_err(Refusal::UseCase))
        }
    };
    actors.iter().map(outcome).collect()
}

fn unanswered() -> StoreError {
    StoreError::Unavailable("a request has no answer".to_owned())
}
