//! Cargo's helpers for the checks, built from source into target/tools.

use std::{path::PathBuf, process::Command};

use crate::shell::{Failure, answer, cargo, program, step, workspace};

/// A program of a crate of the same name, at the version that the checks were written for.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

impl Tool {
    /// The program, which is installed where it is missing or of another version.
    pub(crate) fn command(&self) -> Result<Command, Failure> {
        let path = self.path();
        let version = answer(program(&path).arg("--version"));
        if !version.is_some_and(|version| version.split_whitespace().any(|word| word == self.version)) {
            self.install()?;
        }
        Ok(program(path))
    }

    fn install(&self) -> Result<(), Failure> {
        // Unoptimised: they are built more often than they are run, and they run for a second.
        let mut install =
            cargo(&["install", "--quiet", "--locked", "--force", "--debug", "--root", "target/tools"]);
        install.args([self.name, "--version", self.version]).env("CARGO_PROFILE_DEV_DEBUG", "0");
        step(&format!("installing {} {}", self.name, self.version), &mut install)
    }

    fn path(&self) -> PathBuf {
        workspace().join("target/tools/bin").join(self.name)
    }
}
