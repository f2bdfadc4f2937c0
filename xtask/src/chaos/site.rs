use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use usher_testbed::PostgresServer;

use super::{arguments::ChaosArguments, keeper::Keeper, programs::Programs};
use crate::shell::Failure;

/// What all scenarios stand on.
pub(super) struct Site {
    pub(super) programs: Programs,
    pub(super) seed: u64,
    pub(super) long: bool,
    postgres: Option<PostgresServer>,
    keeper: Keeper,
    turn: Mutex<()>,
}

impl Site {
    pub(super) fn new(
        arguments: &ChaosArguments,
        programs: Programs,
        postgres: Option<PostgresServer>,
    ) -> Result<Self, Failure> {
        let keeper = Keeper::start(&arguments.directory)?;
        let (seed, long) = (arguments.seed(), arguments.long);
        Ok(Self { programs, seed, long, postgres, keeper, turn: Mutex::new(()) })
    }

    pub(super) fn postgres(&self) -> Result<&PostgresServer, Failure> {
        self.postgres.as_ref().ok_or_else(|| "PostgreSQL was not started".to_owned().into())
    }

    pub(super) fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    pub(super) fn folder(&self) -> &Path {
        self.keeper.folder()
    }

    /// Only one scenario kills at a time, so that none disturbs the load of another; while it waits for leases to end, the
    /// next one has its turn.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `mail.deadline`, in seconds: the default in the long form, and less in the short one, because the lease follows from it.
    pub(super) fn deadline(&self) -> u64 {
        if self.long { 60 } else { 10 }
    }

    /// How long a mail waits for a worker that died, as `config/default.toml` says.
    pub(super) fn lease(&self) -> Duration {
        Duration::from_secs(2 * self.deadline() + 30)
    }

    /// How long after the last kill the last mail may arrive.
    pub(super) fn drained_within(&self) -> Duration {
        self.lease() + Duration::from_mins(1)
    }
}
