//! Connects async callers to the synchronous store.

use std::{sync::Arc, time::Duration};

use tokio::{
    task::{JoinError, spawn_blocking},
    time::Instant,
};
use usher_domain::{
    env::Env,
    port::{
        Store, StoreError, Tx,
        store::{Mode, Unit, UnitError, WaitLimit},
    },
};

use crate::{
    context::RequestContext,
    limiter::{Limiter, Permit},
    telemetry,
};

/// Runs units of work: one permit, one blocking thread, one transaction.
#[derive(Clone)]
pub(crate) struct Units {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) env: Env,
    pub(crate) limiter: Limiter,
    /// How long a request may wait in total before its work begins.
    pub(crate) budget: Duration,
}

impl Units {
    /// What is left of the request's time budget.
    pub(crate) fn remaining(&self, context: &RequestContext) -> Duration {
        context.remaining(self.budget)
    }

    /// Runs `work` as one unit. The unit continues if the client hangs up, so nothing is left half done. A failure is
    /// logged and counted here, once.
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

    /// Runs `work` as one unit that no request asked for.
    pub(crate) async fn run_internal<T, E>(
        &self,
        name: &'static str,
        mode: Mode,
        work: impl FnMut(&mut dyn Tx, &Env) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError + Send + 'static,
    {
        self.run(&RequestContext::internal(), name, mode, work).await
    }

    /// A permit for one unit of the request, or a failure when its budget runs out.
    pub(crate) async fn permit(&self, context: &RequestContext) -> Result<Permit, StoreError> {
        let began = Instant::now();
        let permit = self.limiter.acquire_within(self.remaining(context)).await;
        context.spend(began.elapsed());
        permit.ok_or(StoreError::Overloaded(WaitLimit::Permit))
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
        let permit = self.permit(context).await?;
        let (units, context, span) = (self.clone(), context.clone(), tracing::Span::current());
        let done = spawn_blocking(move || {
            let (_permit, _entered) = (permit, span.enter());
            let unit = Unit { name, mode, wait: Some(units.remaining(&context)) };
            let mut wait = StoreWait::begin([&context]);
            units.store.unit(unit, |tx| {
                wait.end();
                work(tx, &units.env)
            })
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

/// The wait of a unit for a connection, or for SQLite's writer. It ends when the unit's work begins for the first time.
pub(crate) struct StoreWait<'a> {
    began: Instant,
    contexts: Vec<&'a RequestContext>,
}

impl<'a> StoreWait<'a> {
    /// A wait that begins now, for these requests.
    pub(crate) fn begin(contexts: impl IntoIterator<Item = &'a RequestContext>) -> Self {
        Self { began: Instant::now(), contexts: contexts.into_iter().collect() }
    }

    /// Takes the wait from the budgets of the requests, once.
    pub(crate) fn end(&mut self) {
        for context in self.contexts.drain(..) {
            context.spend(self.began.elapsed());
        }
    }
}
