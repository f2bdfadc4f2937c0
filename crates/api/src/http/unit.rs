//! A use case of somebody who acts in an account, as one unit of work, for every dialect alike.

use usher_domain::{
    env::Env,
    port::{Store, StoreError, Tx, store::UnitError},
    principal::{Actor, Principal},
    usecase::resolve::{ResolveError, resolve},
};

use super::state::AppState;

/// Whether a unit reads or writes, and its name in the log.
#[derive(Debug, Clone, Copy)]
pub enum Unit {
    /// Only reads.
    Read(&'static str),
    /// Reads and writes.
    Write(&'static str),
}

/// Resolves the principal and runs the use case in the same unit, so that rights and work are of one moment.
///
/// `P` is the dialect's own error: refusals come back in its form.
pub async fn act<T, E, P>(
    state: &AppState,
    principal: Principal,
    unit: Unit,
    mut work: impl FnMut(&mut dyn Tx, &Env, &Actor) -> Result<T, E> + Send + 'static,
) -> Result<T, P>
where
    T: Send + 'static,
    E: UnitError + Into<P>,
    P: From<StoreError> + From<ResolveError> + Send + 'static,
{
    let done = state.gate.run(move |store: &dyn Store, env: &Env| {
        let work = |tx: &mut dyn Tx| {
            let actor = resolve(tx, &principal).map_err(Refusal::of)?;
            work(tx, env, &actor).map_err(Refusal::of)
        };
        match unit {
            Unit::Read(name) => store.read(name, work),
            Unit::Write(name) => store.write(name, work),
        }
    });
    done.await.map_err(|refusal| match refusal {
        Refusal::Problem { problem, .. } => problem,
        Refusal::Store(error) => error.into(),
    })
}

/// A refusal already in the dialect's form, beside the store's own errors, which the store has to see to run the unit
/// again.
enum Refusal<P> {
    Problem { problem: P, code: &'static str },
    Store(StoreError),
}

impl<P> Refusal<P> {
    fn of<E: UnitError + Into<P>>(error: E) -> Self {
        match error.store_error() {
            Some(store) => Self::Store(store.clone()),
            None => Self::Problem { code: error.code(), problem: error.into() },
        }
    }
}

impl<P> From<StoreError> for Refusal<P> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<P> UnitError for Refusal<P> {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Problem { .. } => None,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Problem { code, .. } => code,
        }
    }
}
