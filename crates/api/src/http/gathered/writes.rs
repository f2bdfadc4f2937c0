//! What writes, and is counted.

use std::sync::Arc;

use usher_domain::{
    env::Env,
    idempotency::Answer,
    invitation::Invitation,
    port::{Store, StoreError, Tx, store::UnitError},
    principal::{Actor, Credential},
    quota::{Quota, TooManyWrites},
    usecase::{
        accept::{Accept, AcceptError, Accepted, accept as accept_one, accept_all},
        count_write::write_counted,
        invite::{Invite, InviteError, invite as invite_one, invite_all},
        resolve::resolve_all,
    },
};

use super::{Done, Refusal, Request, actors::for_actors, unanswered, writing_lanes};
use crate::{
    batch::Batcher,
    gate::{self, Gate},
    http::{
        call::{Call, Caller, DialectError},
        idempotency::Answered,
        state::AppState,
        unit::{self, Counted},
    },
};

/// What came of a write.
type Written<T, E> = Counted<Result<T, Refusal<E>>>;
pub(super) type Inviter = Batcher<Request<Invite>, Written<Done<Invitation>, InviteError>>;
/// Who is counted for it, and what is accepted.
type Acceptance = (Option<Credential>, Accept);
pub(super) type Accepter = Batcher<Acceptance, Written<Accepted, AcceptError>>;

/// Counts those who invite, and invites for those who are within their limits.
pub(super) fn inviter(gate: &Gate) -> Arc<Inviter> {
    Batcher::new(gate.clone(), writing_lanes(gate), |store: &dyn Store, env, requests: &[Request<Invite>]| {
        let writers: Vec<_> = requests.iter().map(|(credential, _)| Some(credential)).collect();
        counted(store, env, ("invite", &writers), requests, |tx, requests| {
            for_actors(tx, env, requests, resolve_all, invite_all)
        })
    })
}

/// Counts those who accept with a credential, and accepts for those who are within their limits.
pub(super) fn accepter(gate: &Gate) -> Arc<Accepter> {
    Batcher::new(gate.clone(), writing_lanes(gate), |store: &dyn Store, env, requests: &[Acceptance]| {
        let writers: Vec<_> = requests.iter().map(|(writer, _)| writer.as_ref()).collect();
        counted(store, env, ("accept", &writers), requests, |tx, requests| {
            let commands: Vec<&Accept> = requests.iter().map(|(_, command)| command).collect();
            let answers = accept_all(tx, env, &commands)?;
            Ok(answers.into_iter().map(|answer| answer.map_err(Refusal::UseCase)).collect())
        })
    })
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
                Ok::<_, InviteError>(render(&Done { actor: Arc::new(actor.clone()), value }))
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

/// Counts the writers, and does the work for those who are within their limits. What one of them met, such as a row that cannot be
/// read, is not for the others to bear: then each is worked for alone, and nobody is counted again.
fn counted<R, T, E: UnitError>(
    store: &dyn Store,
    env: &Env,
    (name, writers): (&'static str, &[Option<&Credential>]),
    requests: &[R],
    work: impl Fn(&mut dyn Tx, &[&R]) -> Result<Vec<Result<T, Refusal<E>>>, StoreError>,
) -> Result<Vec<Written<T, E>>, StoreError> {
    let mut counts = Vec::new();
    let end = write_counted(store, env, name, writers, |tx, quotas| {
        counts = quotas.to_vec();
        within_limits(requests, quotas, |requests| work(tx, requests))
    });
    match end {
        Err(StoreError::Contended | StoreError::Corrupt { .. } | StoreError::Conflict(_))
            if counts.len() > 1 => {}
        end => return end,
    }
    let alone = |(request, quota): (&R, Option<Quota>)| {
        let written = store.write::<_, StoreError>(name, |tx| {
            within_limits(std::slice::from_ref(request), &[quota], |requests| work(tx, requests))
        });
        let written = written.and_then(|all| all.into_iter().next().ok_or_else(unanswered));
        written.unwrap_or_else(|error| Counted { value: Err(Refusal::UseCase(error.into())), quota })
    };
    Ok(requests.iter().zip(counts).map(alone).collect())
}

/// Does the work for requests whose writers are within their limits; answers all, each in its place.
fn within_limits<R, T, E>(
    requests: &[R],
    quotas: &[Option<Quota>],
    work: impl FnOnce(&[&R]) -> Result<Vec<Result<T, Refusal<E>>>, StoreError>,
) -> Result<Vec<Written<T, E>>, StoreError> {
    let exceeded = |quota: &Option<Quota>| quota.filter(Quota::is_exceeded);
    let within = requests.iter().zip(quotas).filter(|(_, quota)| exceeded(quota).is_none());
    let within: Vec<&R> = within.map(|(request, _)| request).collect();
    let mut answers = if within.is_empty() { Vec::new() } else { work(&within)? }.into_iter();
    let answer = |quota: &Option<Quota>| {
        let value = match exceeded(quota) {
            Some(quota) => Err(Refusal::Limit(TooManyWrites(quota))),
            None => answers.next().ok_or_else(unanswered)?,
        };
        Ok(Counted { value, quota: *quota })
    };
    quotas.iter().map(answer).collect()
}
