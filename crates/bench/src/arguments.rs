use std::{ffi::OsString, path::PathBuf};

use clap::{Args, ValueEnum};

/// What to measure, and how long.
#[derive(Debug, Args)]
pub struct BenchArguments {
    /// Takes at most three minutes, without the build: one short round, and a tenth of the rows in the part `sizes`.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Measures only this part. Can be repeated.
    #[arg(long, value_name = "PART")]
    pub(crate) only: Vec<Part>,
    /// Number of rounds. Each round measures everything once. Default: 5, with --quick 1.
    #[arg(long)]
    pub(crate) rounds: Option<u32>,
    /// Seconds of each measurement. Default: 10, with --quick 2.
    #[arg(long)]
    pub(crate) seconds: Option<u32>,
    /// Pending invitations of the measured account; at least 2000.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) pending: u32,
    /// Folder for the databases. Its disk is a part of what is measured.
    #[arg(long, default_value = "/var/tmp")]
    pub(crate) directory: PathBuf,
    /// Name of the reports, target/bench/NAME.json and NAME.md. Default: `full`, with --quick `quick`.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Runs the Criterion benchmarks of all crates instead.
    #[arg(long)]
    pub(crate) micro: bool,
    /// With --micro: arguments for Criterion, such as a part of a benchmark's name.
    #[arg(last = true, requires = "micro")]
    pub(crate) criterion: Vec<OsString>,
}

/// A part of the benchmarks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Each operation, compared with the same work done by pgbench.
    Throughput,
    /// The time of a page, by its position in the list and by the way of paging.
    Pages,
    /// Each operation in a small and in a large database.
    Sizes,
    /// Creations on SQLite, compared with single durable commits.
    Sqlite,
    /// Resident memory, and the time from start to the first response.
    Process,
}

/// The size of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunSize {
    pub(crate) quick: bool,
    pub(crate) rounds: u32,
    pub(crate) seconds: u32,
    pub(crate) pending: u32,
}

impl BenchArguments {
    pub(crate) fn run_size(&self) -> RunSize {
        let (rounds, seconds) = if self.quick { (1, 2) } else { (5, 10) };
        RunSize {
            quick: self.quick,
            rounds: self.rounds.unwrap_or(rounds).max(1),
            seconds: self.seconds.unwrap_or(seconds).max(1),
            pending: self.pending.max(2_000),
        }
    }

    pub(crate) fn includes(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(if self.quick { "quick" } else { "full" })
    }
}
