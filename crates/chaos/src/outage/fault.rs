use std::{
    fmt,
    time::{Duration, Instant},
};

use usher_testbed::Forwarder;
use usher_tooling::Failure;

use crate::{
    cluster::{PostgresNode, StopMode},
    database::TestDatabase,
};

/// How the database goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server restarts as `pg_ctl restart -m fast` does it.
    FastRestart,
    /// The server restarts without shutting down, and recovers.
    CrashRestart,
    /// The host falls silent: nothing arrives any more, and nothing closes. New connections work.
    SilentHost,
    /// All processes of the primary are stopped, and its synchronous standby is promoted.
    FrozenPrimary,
    /// All processes of the primary are killed, and its synchronous standby is promoted.
    Failover,
    /// The name of the database leads to a standby for a while.
    ReadOnly,
}

impl Fault {
    /// Those that interrupt most claims of mails come first: their leases end while the others run.
    pub(super) const ALL: [Self; 6] = [
        Self::ReadOnly,
        Self::Failover,
        Self::CrashRestart,
        Self::FrozenPrimary,
        Self::SilentHost,
        Self::FastRestart,
    ];

    pub(super) fn needs_standby(self) -> bool {
        matches!(self, Self::FrozenPrimary | Self::Failover | Self::ReadOnly)
    }

    /// The longest time until all creations succeed again, counted from the moment when the database works again. It depends
    /// on how Usher notices: a closed connection and a rejected write at once, silence when a call has taken too long.
    pub(super) fn bound(self, call_timeout: Duration) -> Duration {
        match self {
            Self::FastRestart | Self::ReadOnly => Duration::from_secs(1),
            Self::CrashRestart | Self::Failover => Duration::from_secs(2),
            Self::SilentHost | Self::FrozenPrimary => call_timeout * 2,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FastRestart => "fast restart",
            Self::CrashRestart => "crash restart",
            Self::SilentHost => "silent host",
            Self::FrozenPrimary => "frozen primary",
            Self::Failover => "failover",
            Self::ReadOnly => "read-only node",
        })
    }
}

/// The servers, behind one address.
pub(super) struct Servers<'e> {
    pub(super) primary: PostgresNode<'e>,
    pub(super) standby: Option<PostgresNode<'e>>,
    pub(super) name: Forwarder,
}

impl<'e> Servers<'e> {
    /// The server that has all committed work after the fault.
    pub(super) fn survivor(&self, fault: Fault) -> Result<&PostgresNode<'e>, Failure> {
        match fault {
            Fault::FrozenPrimary | Fault::Failover => self.standby(),
            _ => Ok(&self.primary),
        }
    }

    /// The database as Usher sees it, and as the checker sees it on this server.
    pub(super) fn database(&self, node: &PostgresNode<'_>) -> TestDatabase {
        TestDatabase::Remote { url: self.name.url().to_owned(), direct: node.url("usher") }
    }

    fn standby(&self) -> Result<&PostgresNode<'e>, Failure> {
        self.standby.as_ref().ok_or_else(|| "the primary has no standby".into())
    }

    /// Makes the database go away and come back. `meanwhile` runs while it is away. Returns when the database worked again.
    pub(super) fn inflict(
        &mut self,
        fault: Fault,
        meanwhile: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<Instant, Failure> {
        match fault {
            Fault::FastRestart => self.restart(StopMode::Fast, meanwhile),
            Fault::CrashRestart => self.restart(StopMode::Immediate, meanwhile),
            Fault::SilentHost => {
                self.name.freeze();
                meanwhile()?;
                self.name.thaw();
                Ok(Instant::now())
            }
            Fault::FrozenPrimary => {
                self.primary.freeze()?;
                meanwhile()?;
                self.fail_over()
            }
            Fault::Failover => {
                self.primary.stop(StopMode::Kill)?;
                meanwhile()?;
                self.fail_over()
            }
            Fault::ReadOnly => {
                self.lead_to(self.standby()?);
                // The connections to the primary end, and those to the standby will not: Usher has to give them up.
                self.primary.sql(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'usher'",
                )?;
                meanwhile()?;
                self.lead_to(&self.primary);
                Ok(Instant::now())
            }
        }
    }

    fn restart(
        &mut self,
        mode: StopMode,
        meanwhile: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<Instant, Failure> {
        self.primary.stop(mode)?;
        meanwhile()?;
        self.primary.start()?;
        self.primary.await_answer()
    }

    fn fail_over(&self) -> Result<Instant, Failure> {
        let standby = self.standby()?;
        standby.promote()?;
        self.lead_to(standby);
        Ok(Instant::now())
    }

    fn lead_to(&self, node: &PostgresNode<'_>) {
        self.name.redirect(&node.url("usher"));
    }
}
