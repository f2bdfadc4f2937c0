//! What Linux tells about processes.

use std::{fs, path::Path};

use super::programs::output_of;
use crate::shell::{Failure, program};

/// Reads the processor time of processes.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    ticks_per_second: f64,
}

/// A process as /proc/PID/stat has it; times in ticks.
struct Stat {
    parent: u32,
    own: u32,
    children: u32,
}

impl Clock {
    pub(super) fn new() -> Result<Self, Failure> {
        let ticks = output_of(program("getconf").arg("CLK_TCK"))?;
        let ticks_per_second = ticks.parse().map_err(|_| format!("getconf CLK_TCK answers {ticks}"))?;
        Ok(Self { ticks_per_second })
    }

    /// Seconds that a process has used, user and system.
    pub(super) fn of_process(self, pid: u32) -> Result<f64, Failure> {
        let stat = stat(pid).ok_or_else(|| format!("process {pid} is gone"))?;
        Ok(f64::from(stat.own) / self.ticks_per_second)
    }

    /// Seconds that a process has used together with its children, those that ended included.
    pub(super) fn of_family(self, pid: u32) -> Result<f64, Failure> {
        let mut living = children(pid)?;
        loop {
            let used = |&child: &u32| stat(child).map_or(0, |stat| stat.own + stat.children);
            let of_living: u32 = living.iter().map(used).sum();
            let parent = stat(pid).ok_or_else(|| format!("process {pid} is gone"))?;
            // One that ends in between would count twice, or not at all.
            let still = children(pid)?;
            if still == living {
                return Ok(f64::from(of_living + parent.own + parent.children) / self.ticks_per_second);
            }
            living = still;
        }
    }
}

fn children(parent: u32) -> Result<Vec<u32>, Failure> {
    let entries = fs::read_dir("/proc")?.flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut children: Vec<u32> =
        pids.filter(|pid| stat(*pid).is_some_and(|stat| stat.parent == parent)).collect();
    children.sort_unstable();
    Ok(children)
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; the state is the first field behind it.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u32>().ok();
    Some(Stat { parent: number(1)?, own: number(11)? + number(12)?, children: number(13)? + number(14)? })
}

/// Resident memory of a process in KiB: now (`VmRSS`), or the most since it was last set back (`VmHWM`).
pub(super) fn resident(pid: u32, which: &str) -> Result<f64, Failure> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':'));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    number.ok_or_else(|| format!("/proc/{pid}/status has no {which}").into())
}

/// Sets the most back to what is resident now (proc(5), `clear_refs`).
pub(super) fn forget_peak(pid: u32) -> Result<(), Failure> {
    Ok(fs::write(format!("/proc/{pid}/clear_refs"), "5")?)
}

/// Type of the file system that a directory is on.
pub(super) fn file_system(directory: &Path) -> Result<String, Failure> {
    let mut df = program("df");
    let answer = output_of(df.arg("--output=fstype").arg(directory))?;
    Ok(answer.lines().last().unwrap_or("unknown").trim().to_owned())
}
