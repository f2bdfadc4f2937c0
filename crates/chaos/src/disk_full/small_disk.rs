use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

use usher_tooling::{Failure, answer, output_of, program};

/// A file system of a fixed size in memory, which can be filled. The reaper removes it if this process is killed; therefore its
/// name ends with `.disk`.
pub(super) struct SmallDisk {
    path: PathBuf,
}

impl SmallDisk {
    /// Mounts the file system. This takes root, or sudo without a password.
    pub(super) fn mount(folder: &Path, name: &str, megabytes: u32) -> Result<Self, Failure> {
        let path = folder.join(format!("{name}.disk"));
        fs::create_dir(&path)?;
        let options = format!("size={megabytes}m,mode=1777");
        let mut mount = privileged("mount")?;
        output_of(mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&path))
            .map_err(|failure| failure.at("a full disk needs a small file system"))?;
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Fills the disk to the last block.
    pub(super) fn fill(&self) -> Result<(), Failure> {
        let mut ballast = File::create(self.ballast())?;
        // Large pieces first, because they are quick, then the rest.
        for length in [1 << 20, 1 << 12] {
            let piece = vec![0; length];
            loop {
                match ballast.write_all(&piece) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    /// Makes room again.
    pub(super) fn empty(&self) -> Result<(), Failure> {
        Ok(fs::remove_file(self.ballast())?)
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A destructor cannot report a failure, and the reaper unmounts what is left. Lazily, because a process that was just
        // killed may still be ending.
        let _ = privileged("umount").and_then(|mut umount| output_of(umount.arg("--lazy").arg(&self.path)));
    }
}

/// A command that runs as root.
fn privileged(name: &str) -> Result<Command, Failure> {
    if answer(program("id").arg("-u")).is_some_and(|id| id == "0") {
        return Ok(program(name));
    }
    if answer(program("sudo").args(["-n", "true"])).is_none() {
        return Err("a full disk needs a small file system, which only root can mount: run the crash test as root, or with \
                    sudo without a password, or leave out R7 (--only)"
            .into());
    }
    let mut sudo = program("sudo");
    sudo.args(["-n", name]);
    Ok(sudo)
}
