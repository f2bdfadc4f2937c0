use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use usher_testbed::PostgresServer;
use usher_tooling::{Failure, UsherPrograms};

use crate::{arguments::ChaosArguments, reaper::ProcessReaper};

/// What all scenarios of a run share.
pub(crate) struct ChaosEnvironment {
    pub(crate) programs: UsherPrograms,
    pub(crate) seed: u64,
    pub(crate) long: bool,
    postgres: Option<PostgresServer>,
    reaper: ProcessReaper,
    turn: Mutex<()>,
}

impl ChaosEnvironment {
    pub(crate) fn new(
        arguments: &ChaosArguments,
        programs: UsherPrograms,
        postgres: Option<PostgresServer>,
    ) -> Result<Self, Failure> {
        let reaper = ProcessReaper::start(&arguments.directory)?;
        let (seed, long) = (arguments.seed(), arguments.long);
        Ok(Self { programs, seed, long, postgres, reaper, turn: Mutex::new(()) })
    }

    pub(crate) fn postgres(&self) -> Result<&PostgresServer, Failure> {
        self.postgres.as_ref().ok_or_else(|| "PostgreSQL was not started".into())
    }

    pub(crate) fn reaper(&self) -> &ProcessReaper {
        &self.reaper
    }

    pub(crate) fn folder(&self) -> &Path {
        self.reaper.folder()
    }

    /// Waits for this scenario's turn to kill. Only one scenario kills at a time, so that no scenario disturbs the load
    /// of another. A scenario gives up its turn before it waits for leases to end.
    pub(crate) fn take_turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `mail.deadline` in seconds. The long form uses the default. The short form uses less, because the lease depends on it.
    pub(crate) fn mail_deadline(&self) -> u64 {
        if self.long { 60 } else { 10 }
    }

    /// The lease of a mail, as `config/default.toml` defines it.
    pub(crate) fn lease(&self) -> Duration {
        Duration::from_secs(2 * self.mail_deadline() + 30)
    }

    /// The longest time from the last kill to the last relayed mail.
    pub(crate) fn drain_timeout(&self) -> Duration {
        self.lease() + Duration::from_mins(1)
    }
}
