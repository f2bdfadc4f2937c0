use std::{fs, process::Stdio};

use usher_tooling::{Failure, program, spawn};

/// The processes that a process has started, as Linux lists them. Each of a server's processes has a session of its own, so no
/// signal reaches all of them.
pub(super) fn children(pid: u32) -> Vec<u32> {
    let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

/// Kills the processes of a server that has been killed. Some may have ended by themselves.
pub(super) fn kill_leftovers(children: &[u32]) -> Result<(), Failure> {
    if children.is_empty() {
        return Ok(());
    }
    let pids: Vec<String> = children.iter().map(u32::to_string).collect();
    let mut kill = program("/bin/sh");
    kill.args(["-c", &format!("kill -KILL {}", pids.join(" "))]).stderr(Stdio::null());
    spawn(&mut kill)?.wait()?;
    Ok(())
}
