//! Cargo subcommands for the checks, built from source into target/tools.

use std::{path::PathBuf, process::Command};

use usher_tooling::{Failure, answer, cargo, program, step, workspace};

/// A program from the crate of the same name, in the version that the checks were written for.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

impl Tool {
    /// Returns a command for the program. Installs the program when it is missing or has another version.
    pub(crate) fn command(&self) -> Result<Command, Failure> {
        let path = self.path();
        let version = answer(program(&path).arg("--version"));
        if !version.is_some_and(|version| version.split_whitespace().any(|word| word == self.version)) {
            self.install()?;
        }
        Ok(program(path))
    }

    fn install(&self) -> Result<(), Failure> {
        // Unoptimized: a run takes a second, and a fresh machine has to build the program first.
        let mut install =
            cargo(&["install", "--quiet", "--locked", "--force", "--debug", "--root", "target/tools"]);
        install.args([self.name, "--version", self.version]).env("CARGO_PROFILE_DEV_DEBUG", "0");
        step(&format!("installing {} {}", self.name, self.version), &mut install)
    }

    fn path(&self) -> PathBuf {
        workspace().join("target/tools/bin").join(self.name)
    }
}
