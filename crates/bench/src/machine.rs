//! The machine of a run.

use std::{fs, path::Path, thread};

use serde_json::{Value, json};
use usher_testbed::PostgresServer;
use usher_tooling::{Failure, answer, program};

use crate::{arguments::RunSize, procfs::file_system};

/// Describes the machine and the run, as JSON and as a paragraph.
pub(crate) fn describe(
    server: &PostgresServer,
    directory: &Path,
    size: RunSize,
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
    let RunSize { rounds, seconds, pending, .. } = size;
    let description = format!(
        "Commit {commit}; {processors} processors ({model}), {memory}, Linux {kernel}, {files}; PostgreSQL {postgres} with \
         default settings except {buffers} of shared_buffers, over loopback. Usher runs with its delivery worker; the mail \
         relay is down, so mails stay queued. {pending} pending invitations in the account; {rounds} rounds of {seconds} s \
         for each measurement; medians, with minimum and maximum. Load average before the run: {load}."
    );
    let machine = json!({
        "commit": commit, "processors": processors, "model": model, "memory": memory, "kernel": kernel,
        "file_system": files, "postgres": postgres, "shared_buffers": buffers, "pending": pending, "rounds": rounds,
        "seconds": seconds, "load_before": load,
    });
    Ok((machine, description))
}

fn value_in(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.split_once(':'));
    line.map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
}
