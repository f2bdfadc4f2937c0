//! Processor time and memory of processes, as Linux reports them.

use std::{fs, path::Path};

use usher_tooling::{Failure, output_of, program};

/// Reads the processor time of processes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CpuClock {
    ticks_per_second: f64,
}

/// Fields of /proc/PID/stat; times in clock ticks, user and system.
struct ProcessStat {
    parent: u32,
    own: u32,
    ended_children: u32,
}

impl CpuClock {
    pub(crate) fn new() -> Result<Self, Failure> {
        let ticks = output_of(program("getconf").arg("CLK_TCK"))?;
        let ticks_per_second = ticks.parse().map_err(|_| format!("getconf CLK_TCK printed {ticks}"))?;
        Ok(Self { ticks_per_second })
    }

    /// Processor time of a process in seconds, user and system.
    pub(crate) fn of_process(self, pid: u32) -> Result<f64, Failure> {
        Ok(f64::from(running(pid)?.own) / self.ticks_per_second)
    }

    /// Processor time of a process and its children in seconds, including the children that have ended.
    pub(crate) fn of_process_tree(self, pid: u32) -> Result<f64, Failure> {
        let mut before = children(pid)?;
        loop {
            let used = |&child: &u32| stat(child).map_or(0, |stat| stat.own + stat.ended_children);
            let of_children: u32 = before.iter().map(used).sum();
            let parent = running(pid)?;
            // A child that ends between the two readings would count twice or not at all: read again.
            let after = children(pid)?;
            if after == before {
                let ticks = of_children + parent.own + parent.ended_children;
                return Ok(f64::from(ticks) / self.ticks_per_second);
            }
            before = after;
        }
    }
}

fn running(pid: u32) -> Result<ProcessStat, Failure> {
    stat(pid).ok_or_else(|| format!("process {pid} has ended").into())
}

fn children(parent: u32) -> Result<Vec<u32>, Failure> {
    let entries = fs::read_dir("/proc")?.flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut children: Vec<u32> =
        pids.filter(|pid| stat(*pid).is_some_and(|stat| stat.parent == parent)).collect();
    children.sort_unstable();
    Ok(children)
}

fn stat(pid: u32) -> Option<ProcessStat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name is in parentheses and may contain any character. The state is the first field after it.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u32>().ok();
    let (own, ended_children) = (number(11)? + number(12)?, number(13)? + number(14)?);
    Some(ProcessStat { parent: number(1)?, own, ended_children })
}

/// Resident memory of a process in KiB: `VmRSS` is the current value, `VmHWM` the peak since [`reset_peak`].
pub(crate) fn resident_kib(pid: u32, field: &str) -> Result<f64, Failure> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    number.ok_or_else(|| format!("/proc/{pid}/status has no {field}").into())
}

/// Resets the peak of resident memory to the current value (proc(5), `clear_refs`).
pub(crate) fn reset_peak(pid: u32) -> Result<(), Failure> {
    Ok(fs::write(format!("/proc/{pid}/clear_refs"), "5")?)
}

/// The type of the file system of a directory.
pub(crate) fn file_system(directory: &Path) -> Result<String, Failure> {
    let mut df = program("df");
    let printed = output_of(df.arg("--output=fstype").arg(directory))?;
    Ok(printed.lines().last().unwrap_or("unknown").trim().to_owned())
}
