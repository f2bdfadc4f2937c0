//! Use cases as units of work, for every dialect alike: who asks, how often, and the work itself, in one hop to a
//! blocking thread.

use usher_domain::{
    env::Env,
    id::AccountId,
    idempotency::Answer,
    port::{Store, StoreError, Tx, store::UnitError},
    principal::{Actor, Credential},
    quota::{Quota, TooManyWrites},
    usecase::{
        count_write::write_counted,
        idempotency::{keep, take},
        resolve::{ResolveError, resolve},
    },
};

use super::{
    call::{Call, Caller, DialectError},
    idempotency::{Answered, Owner, Ticket},
    state::AppState,
};
use crate::gate;

/// What came of a write, and where its writer stands against the write limit since. Without a quota there is no limit, or
/// nobody to count for.
#[derive(Debug)]
pub struct Counted<T> {
    /// An answer or a refusal.
    pub value: T,
    /// Counted with this write.
    pub quota: Option<Quota>,
}

/// Resolves the credential and runs a use case that only reads in the same unit, so that rights and work are of one
/// moment. `P` is the dialect's own error: refusals come back in its form. `name` shows up in the log.
///
/// `query` is what the request says, or what is wrong with it: told only to those who may act in the account at all.
pub async fn read<Q, T, E, P>(
    state: &AppState,
    credential: Credential,
    name: &'static str,
    query: Result<Q, P>,
    mut work: impl FnMut(&mut dyn Tx, &Env, &Actor, &Q) -> Result<T, E> + Send + 'static,
) -> Result<T, P>
where
    Q: Send + 'static,
    T: Send + 'static,
    E: UnitError + Into<P>,
    P: Clone + From<StoreError> + From<ResolveError> + Send + 'static,
{
    let done = state.gate.run(move |store: &dyn Store, env: &Env| {
        store.look(name, |tx| {
            let actor = resolve(tx, &credential, env.now()).map_err(Refusal::of)?;
            let query = query.as_ref().map_err(|problem| Why::not_understood(problem.clone()))?;
            work(tx, env, &actor, query).map_err(Refusal::of)
        })
    });
    done.await.map_err(|refusal: Refusal<P>| refusal.why.into_problem())
}

/// What is wrong with a request, or why its caller may not ask at all, which comes first.
pub async fn not_understood<P>(state: &AppState, credential: Credential, problem: P) -> P
where
    P: Clone + From<StoreError> + From<ResolveError> + Send + 'static,
{
    let answer = read(state, credential, "not understood", Err(problem.clone()), |_, _, _, (): &()| {
        Ok::<_, StoreError>(())
    });
    answer.await.err().unwrap_or(problem)
}

/// As [`read`], for a use case that writes: it is counted first, also when it cannot be understood. With a key it is done
/// once, and answered again when it comes again.
pub async fn write<C, E, P>(
    state: &AppState,
    credential: Credential,
    call: Call<C, P>,
    mut work: impl FnMut(&mut dyn Tx, &Env, &Actor, &C) -> Result<Answer, E> + Send + 'static,
) -> Result<Counted<Answered>, Counted<P>>
where
    C: Send + 'static,
    E: UnitError + Into<P>,
    P: DialectError,
{
    let writer = credential.clone();
    let name = call.name;
    let (ticket, command) = call.enter(state, Some(Owner::presenting(&writer)));
    let work = move |tx: &mut dyn Tx, env: &Env, command: &Result<C, P>| {
        let actor = resolve(tx, &credential, env.now()).map_err(Why::of)?;
        once(tx, env, ticket.as_ref(), (Owner::Member(&actor), Some(actor.account.id)), |tx| {
            let command = command.as_ref().map_err(|problem| Why::not_understood(problem.clone()))?;
            work(tx, env, &actor, command).map_err(Why::of)
        })
    };
    counted(state, Some(writer), name, command, work).await
}

/// As [`write()`], for a use case that is not done in an account; without a credential nobody is counted.
pub async fn write_as_anybody<C, E, P>(
    state: &AppState,
    caller: Caller,
    call: Call<C, P>,
    mut work: impl FnMut(&mut dyn Tx, &Env, &C) -> Result<Answer, E> + Send + 'static,
) -> Result<Counted<Answered>, Counted<P>>
where
    C: Send + 'static,
    E: UnitError + Into<P>,
    P: DialectError,
{
    let name = call.name;
    let (ticket, command) = call.enter(state, caller.owner());
    // What cannot be understood may be a repetition all the same, of what was understood before it was done.
    let command = if ticket.is_some() { command } else { command.and_then(|command| command.map(Ok)) };
    let writer = caller.writer().cloned();
    let work = move |tx: &mut dyn Tx, env: &Env, command: &Result<C, P>| {
        let mut work = |tx: &mut dyn Tx| {
            let command = command.as_ref().map_err(|problem| Why::not_understood(problem.clone()))?;
            work(tx, env, command).map_err(Why::of)
        };
        match caller.owner() {
            Some(owner) => once(tx, env, ticket.as_ref(), (owner, None), work),
            None => Ok(Answered { answer: work(tx)?, replayed: false }),
        }
    };
    counted(state, writer, name, command, work).await
}

/// Does the work of a request, unless it came with a key and was done before: then it is the answer of that time. The answer
/// is kept in the unit that does the work, so that either both are there or none. Without a ticket there is no key, and
/// nothing is asked of the store.
fn once<P: DialectError>(
    tx: &mut dyn Tx,
    env: &Env,
    ticket: Option<&Ticket>,
    (owner, account): (Owner<'_>, Option<AccountId>),
    work: impl FnOnce(&mut dyn Tx) -> Result<Answer, Why<P>>,
) -> Result<Answered, Why<P>> {
    let Some(ticket) = ticket else { return Ok(Answered { answer: work(tx)?, replayed: false }) };
    let keyed = ticket.keyed(&owner, account);
    if let Some(answer) = take(tx, env, &keyed).map_err(Why::of)? {
        return Ok(Answered { answer, replayed: true });
    }
    let answer = work(tx)?;
    keep(tx, &keyed, &answer).map_err(Why::of)?;
    Ok(Answered { answer, replayed: false })
}

async fn counted<C, T, P>(
    state: &AppState,
    writer: Option<Credential>,
    name: &'static str,
    command: Result<C, P>,
    mut work: impl FnMut(&mut dyn Tx, &Env, &C) -> Result<T, Why<P>> + Send + 'static,
) -> Result<Counted<T>, Counted<P>>
where
    C: Send + 'static,
    T: Send + 'static,
    P: Clone + From<StoreError> + From<TooManyWrites> + Send + 'static,
{
    let counts = writer.is_some() && state.gate.env().policy.writes_per_hour > 0;
    let command = match command {
        // With nobody to count this needs no unit, which on SQLite would have to wait for others that write.
        Err(problem) if !counts => {
            let refusal: Refusal<P> = Why::not_understood(problem).into();
            gate::log(&refusal);
            return Err(Counted { quota: None, value: refusal.why.into_problem() });
        }
        command => command,
    };
    let done = state.gate.run(move |store: &dyn Store, env: &Env| {
        let mut quota = None;
        let outcome = write_counted(store, env, name, &[writer.as_ref()], |tx, quotas| {
            quota = quotas.first().copied().flatten();
            let command = admit(quota, &command)?;
            work(tx, env, command).map_err(Refusal::from)
        });
        match outcome {
            Ok(value) => Ok(Counted { value, quota }),
            Err(refusal) => Err(Refusal { quota, ..refusal }),
        }
    });
    done.await
        .map_err(|refusal: Refusal<P>| Counted { quota: refusal.quota, value: refusal.why.into_problem() })
}

/// The command, unless it is one too many or cannot be understood.
fn admit<C, P: Clone + From<TooManyWrites>>(
    quota: Option<Quota>,
    command: &Result<C, P>,
) -> Result<&C, Refusal<P>> {
    if let Some(quota) = quota.filter(Quota::is_exceeded) {
        return Err(Why::Problem { problem: TooManyWrites(quota).into(), code: "too_many_writes" }.into());
    }
    command.as_ref().map_err(|problem| Why::not_understood(problem.clone()).into())
}

/// A refusal, and what it was counted as.
struct Refusal<P> {
    why: Why<P>,
    quota: Option<Quota>,
}

/// A refusal already in the dialect's form, beside the store's own errors, which the store has to see to run the unit
/// again.
enum Why<P> {
    Problem { problem: P, code: &'static str },
    Store(StoreError),
}

impl<P> Why<P> {
    fn of<E: UnitError + Into<P>>(error: E) -> Self {
        match error.store_error() {
            Some(store) => Self::Store(store.clone()),
            None => Self::Problem { code: error.code(), problem: error.into() },
        }
    }

    fn not_understood(problem: P) -> Self {
        Self::Problem { problem, code: "not_understood" }
    }

    fn into_problem(self) -> P
    where
        P: From<StoreError>,
    {
        match self {
            Self::Problem { problem, .. } => problem,
            Self::Store(error) => error.into(),
        }
    }
}

impl<P> Refusal<P> {
    fn of<E: UnitError + Into<P>>(error: E) -> Self {
        Why::of(error).into()
    }
}

impl<P> From<Why<P>> for Refusal<P> {
    fn from(why: Why<P>) -> Self {
        Self { why, quota: None }
    }
}

impl<P> From<StoreError> for Refusal<P> {
    fn from(error: StoreError) -> Self {
        Why::Store(error).into()
    }
}

impl<P> UnitError for Refusal<P> {
    fn store_error(&self) -> Option<&StoreError> {
        match &self.why {
            Why::Store(error) => Some(error),
            Why::Problem { .. } => None,
        }
    }

    fn code(&self) -> &'static str {
        match &self.why {
            Why::Store(error) => error.code(),
            Why::Problem { code, .. } => code,
        }
    }
}
