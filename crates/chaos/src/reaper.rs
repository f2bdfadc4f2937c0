use std::{
    fs::{self, Permissions},
    io::Write as _,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use usher_tooling::{Failure, spawn};

/// Kills the run's processes and removes its folder when this handle is dropped or this process ends, even by SIGKILL: a
/// shell waits for the end of a pipe, which the kernel closes.
pub(crate) struct ProcessReaper {
    shell: Child,
    pipe: Mutex<Option<ChildStdin>>,
    folder: PathBuf,
}

impl ProcessReaper {
    /// Creates a folder below `parent` and starts the shell.
    pub(crate) fn start(parent: &Path) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("usher-chaos-").tempdir_in(parent)?;
        // The accounts of servers that refuse to run as root have to pass through it.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o711))?;
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(include_str!("reaper.sh")).arg("sh").arg(folder.path());
        // A process group of its own, so that Ctrl-C does not reach the shell.
        shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut shell = spawn(&mut shell)?;
        let pipe = Mutex::new(shell.stdin.take());
        Ok(Self { shell, pipe, folder: folder.keep() })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Registers a process that was started.
    pub(crate) fn register(&self, pid: u32) -> Result<(), Failure> {
        self.send('+', pid)
    }

    /// Unregisters a process that has ended, because the system may reuse its id.
    pub(crate) fn unregister(&self, pid: u32) -> Result<(), Failure> {
        self.send('-', pid)
    }

    fn send(&self, sign: char, pid: u32) -> Result<(), Failure> {
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        let pipe = pipe.as_mut().ok_or("the reaper has no pipe")?;
        Ok(writeln!(pipe, "{sign} {pid}")?)
    }
}

impl Drop for ProcessReaper {
    fn drop(&mut self) {
        drop(self.pipe.lock().unwrap_or_else(PoisonError::into_inner).take());
        // A destructor cannot report a failure.
        let _ = self.shell.wait();
    }
}
