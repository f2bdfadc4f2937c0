//! Use cases as units of work, for every dialect alike: who asks, how often, and the work itself, in one hop to a
//! blocking thread.

use usher_domain::{
    env::Env,
    port::{Store, StoreError, Tx, store::UnitError},
    principal::{Actor, Credential},
    quota::{Quota, TooManyWrites},
    usecase::{
        count_write::write_counted,
        resolve::{ResolveError, resolve},
    },
};

use super::state::AppState;

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
        store.read(name, |tx| {
            let actor = resolve(tx, &credential, env.now()).map_err(Refusal::of)?;
            let query = query.as_ref().map_err(|problem| Why::not_understood(problem.clone()))?;
            work(tx, env, &actor, query).map_err(Refusal::of)
        })
    });
    done.await.map_err(|refusal: Refusal<P>| refusal.why.into_problem())
}

/// As [`read`], for a use case that writes: it is counted first, also when it cannot be understood.
pub async fn write<C, T, E, P>(
    state: &AppState,
    credential: Credential,
    name: &'static str,
    command: Result<C, P>,
    mut work: impl FnMut(&mut dyn Tx, &Env, &Actor, &C) -> Result<T, E> + Send + 'static,
) -> Result<Counted<T>, Counted<P>>
where
    C: Send + 'static,
    T: Send + 'static,
    E: UnitError + Into<P>,
    P: Clone + From<StoreError> + From<ResolveError> + From<TooManyWrites> + Send + 'static,
{
    let writer = credential.clone();
    let work = move |tx: &mut dyn Tx, env: &Env, command: &Result<C, P>| {
        let actor = resolve(tx, &credential, env.now()).map_err(Why::of)?;
        let command = command.as_ref().map_err(|problem| Why::not_understood(problem.clone()))?;
        work(tx, env, &actor, command).map_err(Why::of)
    };
    counted(state, Some(writer), name, Ok(command), work).await
}

/// As [`write()`], for a use case that is not done in an account; without a credential nobody is counted.
pub async fn write_as_anybody<C, T, E, P>(
    state: &AppState,
    writer: Option<Credential>,
    name: &'static str,
    command: Result<C, P>,
    mut work: impl FnMut(&mut dyn Tx, &Env, &C) -> Result<T, E> + Send + 'static,
) -> Result<Counted<T>, Counted<P>>
where
    C: Send + 'static,
    T: Send + 'static,
    E: UnitError + Into<P>,
    P: Clone + From<StoreError> + From<TooManyWrites> + Send + 'static,
{
    let work = move |tx: &mut dyn Tx, env: &Env, command: &C| work(tx, env, command).map_err(Why::of);
    counted(state, writer, name, command, work).await
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
