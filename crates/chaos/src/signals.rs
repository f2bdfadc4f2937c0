use usher_tooling::{Failure, program, spawn};

/// Sends a signal, such as `STOP`, to a process.
pub(crate) fn signal(name: &str, pid: u32) -> Result<(), Failure> {
    let script = format!("kill -{name} {pid}");
    let status = spawn(program("/bin/sh").args(["-c", &script]))?.wait()?;
    if status.success() { Ok(()) } else { Err(format!("{script}: {status}").into()) }
}
