use std::process::{Child, Command, ExitStatus};

use usher_tooling::{Failure, spawn};

use crate::environment::ChaosEnvironment;

/// A process of the run. Killed when dropped.
pub(crate) struct ChildProcess<'e> {
    environment: &'e ChaosEnvironment,
    child: Child,
}

impl<'e> ChildProcess<'e> {
    pub(crate) fn start(environment: &'e ChaosEnvironment, command: &mut Command) -> Result<Self, Failure> {
        let child = spawn(command)?;
        environment.reaper().register(child.id())?;
        Ok(Self { environment, child })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The status of a process that has ended.
    pub(crate) fn status(&mut self) -> Result<Option<ExitStatus>, Failure> {
        Ok(self.child.try_wait()?)
    }

    /// Sends SIGKILL and waits until the process has ended.
    pub(crate) fn kill(&mut self) -> Result<(), Failure> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for ChildProcess<'_> {
    fn drop(&mut self) {
        // Killing fails when the process has ended already. A destructor cannot report other failures, and the reaper kills what is
        // left.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.environment.reaper().unregister(self.child.id());
    }
}
