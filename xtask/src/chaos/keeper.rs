use std::{
    io::Write as _,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use crate::shell::Failure;

/// Ends processes and removes the folder when this handle or this process ends, whatever way it ends: a shell of its own waits
/// for the end of a pipe, which the kernel closes.
pub(super) struct Keeper {
    shell: Child,
    pipe: Mutex<Option<ChildStdin>>,
    folder: PathBuf,
}

impl Keeper {
    /// Makes a folder below `parent`, and looks after it.
    pub(super) fn start(parent: &Path) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("usher-chaos-").tempdir_in(parent)?;
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(include_str!("keeper.sh")).arg("sh").arg(folder.path());
        // A group of its own: Ctrl-C must not reach it.
        shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut shell = shell.spawn()?;
        let pipe = Mutex::new(shell.stdin.take());
        Ok(Self { shell, pipe, folder: folder.keep() })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A process to end, should nobody else.
    pub(super) fn started(&self, pid: u32) -> Result<(), Failure> {
        self.tell('+', pid)
    }

    /// Nobody has to end it any more, and its number may become another's.
    pub(super) fn ended(&self, pid: u32) -> Result<(), Failure> {
        self.tell('-', pid)
    }

    fn tell(&self, sign: char, pid: u32) -> Result<(), Failure> {
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        let pipe = pipe.as_mut().ok_or_else(|| "nobody looks after processes".to_owned())?;
        Ok(writeln!(pipe, "{sign} {pid}")?)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.pipe.lock().unwrap_or_else(PoisonError::into_inner).take());
        // There is nobody to tell.
        let _ = self.shell.wait();
    }
}
