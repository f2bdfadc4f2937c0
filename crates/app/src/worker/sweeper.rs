use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use usher_domain::{
    env::Env,
    outbox::LeaseToken,
    port::{StoreError, Tx, store::Mode},
    usecase::sweep::{end_lease, sweep},
};

use crate::{context::RequestContext, progress::Routine, telemetry, units::Units};

/// Rows that a turn changes.
const ROWS: u32 = 500;
/// The pause after a turn that found little to do.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest pause, while there is nothing to do. The lease outlasts it.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Sweeps: see [`usher_domain::usecase::sweep`]. It runs beside the deliveries, in turns of one bounded unit. After a turn with
/// more to do it rests as long as the turn took, so that it leaves at least half of the database's time to others. Of several
/// workers one sweeps.
pub(super) struct Sweeper {
    units: Units,
    token: OnceLock<LeaseToken>,
    /// Wakes it from a long pause.
    active: Arc<Notify>,
}

/// What a turn found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// As many rows as a turn may change.
    Full,
    /// Fewer rows.
    Some,
    /// Nothing, or another process sweeps, or the turn failed.
    Idle,
}

impl Sweeper {
    pub(super) fn new(units: Units, active: Arc<Notify>) -> Self {
        Self { units, token: OnceLock::new(), active }
    }

    /// Sweeps until `stop`.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        let progress = self.units.limiter.progress();
        let mut pause = PAUSE;
        loop {
            progress.routine(Routine::Sweeper, pause);
            let began = Instant::now();
            pause = match self.turn().await {
                Turn::Full => began.elapsed(),
                Turn::Some => PAUSE,
                Turn::Idle => (pause * 2).clamp(PAUSE, LONGEST_PAUSE),
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.rest(pause) => {}
            }
        }
        progress.ended(Routine::Sweeper);
        self.end().await;
    }

    /// Sweeps until there is nothing to do, and ends the lease.
    pub(super) async fn drain(&self) {
        while self.turn().await == Turn::Full {}
        self.end().await;
    }

    /// A pause. Activity in this process shortens a long one.
    async fn rest(&self, pause: Duration) {
        tokio::select! {
            () = sleep(pause) => {}
            () = self.active.notified(), if pause > PAUSE => sleep(PAUSE).await,
        }
    }

    /// A failure is logged where it happens; the next turn tries again.
    async fn turn(&self) -> Turn {
        let token = self.token();
        let work = move |tx: &mut dyn Tx, env: &Env| sweep(tx, env, &token, ROWS);
        let swept: Result<Option<usize>, StoreError> =
            self.units.run(&RequestContext::internal(), "sweep.turn", Mode::Write, work).await;
        if matches!(swept, Ok(Some(_))) {
            telemetry::delivery::swept(self.units.env.now());
        }
        match swept {
            Ok(Some(rows)) if rows >= ROWS as usize => Turn::Full,
            Ok(Some(1..)) => Turn::Some,
            Ok(Some(0) | None) | Err(_) => Turn::Idle,
        }
    }

    fn token(&self) -> LeaseToken {
        self.token.get_or_init(|| LeaseToken::generate(self.units.env.entropy.as_ref())).clone()
    }

    async fn end(&self) {
        let token = self.token();
        let work = move |tx: &mut dyn Tx, env: &Env| end_lease(tx, env, &token);
        drop(self.units.run(&RequestContext::internal(), "sweep.end", Mode::Write, work).await);
    }
}
