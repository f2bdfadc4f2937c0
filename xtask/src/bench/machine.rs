//! What the figures were measured on.

use std::{fs, path::Path, thread};

use serde_json::{Value, json};
use usher_testbed::PostgresServer;

use super::{arguments::Extent, proc::file_system};
use crate::shell::{Failure, answer, program};

/// The machine, for programs; and in words.
pub(super) fn describe(
    server: &PostgresServer,
    directory: &Path,
    extent: Extent,
) -> Result<(Value, String), Failure> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let model = value_in("/proc/cpuinfo", "model name");
    let memory = value_in("/proc/meminfo", "MemTotal");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    let commit = answer(program("git").args(["describe", "--always", "--dirty"])).unwrap_or_default();
    let postgres = server.sql("SHOW server_version")?;
    let buffers = server.sql("SHOW shared_buffers")?;
    let files = file_system(directory)?;
    let Extent { rounds, seconds, pending, .. } = extent;
    let words = format!(
        "Commit {commit}; {processors} processors ({model}), {memory}, Linux {kernel}, {files}; PostgreSQL {postgres} with its \
         default settings but for {buffers} of shared_buffers, over loopback. {pending} pending invitations in the account; \
         rounds: {rounds}, {seconds} s for each measurement; medians, and from least to most. Load average before the run: \
         {load}."
    );
    let machine = json!({
        "commit": commit, "processors": processors, "model": model, "memory": memory, "kernel": kernel,
        "file_system": files, "postgres": postgres, "shared_buffers": buffers, "pending": pending, "rounds": rounds,
        "seconds": seconds, "load_before": load,
    });
    Ok((machine, words))
}

fn value_in(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.split_once(':'));
    line.map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
}
