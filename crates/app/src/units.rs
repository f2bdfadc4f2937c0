//! From async callers to the synchronous store.

use std::{sync::Arc, time::Duration};

use tokio::task::{JoinError, spawn_blocking};
use usher_domain::{
    env::Env,
    port::{
        Store, StoreError, Tx,
        store::{Mode, Unit, UnitError, WaitLimit},
    },
};

use crate::{context::RequestContext, limiter::Limiter, telemetry};

/// Runs units of work: one permit, one blocking thread, one transaction.
#[derive(Clone)]
pub(crate) struct Units {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) env: Env,
    pub(crate) limiter: Limiter,
    /// How long a request waits in all before its work begins.
    pub(crate) budget: Duration,
}

impl Units {
    /// What is left of the request's time budget.
    pub(crate) fn remaining(&self, context: &RequestContext) -> Duration {
        context.remaining(self.budget)
    }

    /// Runs `work` as one unit. It goes on when the client hangs up, so nothing is left half done. A failure is logged and
    /// counted here, once.
    pub(crate) async fn run<T, E>(
        &self,
        context: &RequestContext,
        name: &'static str,
        mode: Mode,
        work: impl FnMut(&mut dyn Tx, &Env) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError + Send + 'static,
    {
        let done = self.attempt(context, name, mode, work).await;
        done.inspect_err(|error| telemetry::report(name, error))
    }

    async fn attempt<T, E>(
        &self,
        context: &RequestContext,
        name: &'static str,
        mode: Mode,
        mut work: impl FnMut(&mut dyn Tx, &Env) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError + Send + 'static,
    {
        let permit = self.limiter.acquire_within(self.remaining(context)).await;
        let permit = permit.ok_or(StoreError::Overloaded(WaitLimit::Permit))?;
        let (units, context, span) = (self.clone(), context.clone(), tracing::Span::current());
        let done = spawn_blocking(move || {
            let _permit = permit;
            let unit = Unit { name, mode, wait: Some(units.remaining(&context)) };
            span.in_scope(|| units.store.unit(unit, |tx| work(tx, &units.env)))
        });
        done.await.unwrap_or_else(|error| Err(panicked(name, &error).into()))
    }
}

impl std::fmt::Debug for Units {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Units").field("budget", &self.budget).finish_non_exhaustive()
    }
}

/// Returns the error of a blocking task that ended without a result.
pub(crate) fn panicked(name: &'static str, error: &JoinError) -> StoreError {
    StoreError::Defect(format!("{name}: {error}"))
}
