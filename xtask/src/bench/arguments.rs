use std::{ffi::OsString, path::PathBuf};

use clap::{Args, ValueEnum};

/// How to measure.
#[derive(Args)]
pub(crate) struct BenchArguments {
    /// Ends within three minutes (building not counted): one short round, and a tenth of the rows for the comparison of
    /// sizes.
    #[arg(long)]
    pub(super) quick: bool,
    /// Only these parts; can be given several times.
    #[arg(long, value_name = "PART")]
    pub(super) only: Vec<Part>,
    /// Rounds, each of which measures everything once; 5 if not given, 1 with --quick.
    #[arg(long)]
    pub(super) rounds: Option<u32>,
    /// Seconds of one measurement; 10 if not given, 2 with --quick.
    #[arg(long)]
    pub(super) seconds: Option<u32>,
    /// Pending invitations of the account that is measured, 2000 at least.
    #[arg(long, default_value_t = 100_000)]
    pub(super) pending: u32,
    /// Where the databases are put; the disk that they are on is a part of what is measured.
    #[arg(long, default_value = "/var/tmp")]
    pub(super) directory: PathBuf,
    /// The reports are target/bench/NAME.json and NAME.md; `quick` or `full` if not given.
    #[arg(long)]
    pub(super) name: Option<String>,
    /// Runs Criterion's benchmarks of all crates instead.
    #[arg(long)]
    pub(super) micro: bool,
    /// With --micro, arguments for Criterion, such as a part of a benchmark's name.
    #[arg(last = true, requires = "micro")]
    pub(super) criterion: Vec<OsString>,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Part {
    /// Each operation against the same work done by pgbench.
    Throughput,
    /// What a page costs, by how far from the start it is and by how it is asked for.
    Pages,
    /// Each operation in a small and in a large database.
    Sizes,
    /// SQLite, against durable commits one by one.
    Sqlite,
    /// Resident memory, and the time to the first answer.
    Process,
}

/// How much is measured.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    pub(super) quick: bool,
    pub(super) rounds: u32,
    pub(super) seconds: u32,
    pub(super) pending: u32,
}

impl BenchArguments {
    pub(super) fn extent(&self) -> Extent {
        let (rounds, seconds) = if self.quick { (1, 2) } else { (5, 10) };
        Extent {
            quick: self.quick,
            rounds: self.rounds.unwrap_or(rounds).max(1),
            seconds: self.seconds.unwrap_or(seconds).max(1),
            pending: self.pending.max(2_000),
        }
    }

    pub(super) fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(if self.quick { "quick" } else { "full" })
    }
}
