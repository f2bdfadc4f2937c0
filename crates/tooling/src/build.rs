use std::path::PathBuf;

use usher_testbed::workspace;

use crate::{
    failure::Failure,
    shell::{cargo, environment_variable, step},
};

/// Cargo's profile of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildProfile {
    /// The profile of the tests.
    Dev,
    /// The profile that ships.
    Release,
}

/// The programs under test, built from this workspace.
#[derive(Debug, Clone)]
pub struct UsherPrograms {
    /// The server and command line `usher`.
    pub usher: PathBuf,
    /// The SQLite client of `usher-persistence` (its example `sqlite`).
    pub sqlite: PathBuf,
    profile: BuildProfile,
    folder: PathBuf,
}

impl UsherPrograms {
    /// Builds both programs.
    pub fn build(profile: BuildProfile) -> Result<Self, Failure> {
        build_step("building Usher", profile, &["--package", "usher-api", "--bins"])?;
        let helper = ["--package", "usher-persistence", "--example", "sqlite"];
        build_step("building the SQLite client", profile, &helper)?;
        let target = environment_variable("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let target = workspace().join(target);
        let folder = target.join(match profile {
            BuildProfile::Dev => "debug",
            BuildProfile::Release => "release",
        });
        Ok(Self { usher: folder.join("usher"), sqlite: folder.join("examples/sqlite"), profile, folder })
    }

    /// Builds the program of another package with the same profile and returns its path. The program must have the
    /// package's name.
    pub fn build_other(&self, package: &str) -> Result<PathBuf, Failure> {
        build_step(&format!("building {package}"), self.profile, &["--package", package, "--bins"])?;
        Ok(self.folder.join(package))
    }
}

fn build_step(name: &str, profile: BuildProfile, arguments: &[&str]) -> Result<(), Failure> {
    let mut build = cargo(&["build", "--quiet"]);
    build.args(arguments);
    if profile == BuildProfile::Release {
        build.arg("--release");
    }
    step(name, &mut build)
}
