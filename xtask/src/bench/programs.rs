//! What is run: Usher, the load client and SQLite's helper, all in the release build; pgbench.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use usher_testbed::{PostgresServer, TestbedError};

use crate::{
    packages,
    shell::{Failure, cargo, program, say, step, variable, workspace},
};

#[derive(Clone)]
pub(super) struct Programs {
    pub(super) usher: PathBuf,
    pub(super) loadgen: PathBuf,
    pub(super) sqlite: PathBuf,
    pub(super) pgbench: PathBuf,
}

impl Programs {
    /// Builds what is ours, and looks for what is not.
    pub(super) fn prepare() -> Result<Self, Failure> {
        let build = [
            "build",
            "--release",
            "--quiet",
            "--package",
            "usher-api",
            "--package",
            "usher-loadgen",
            "--bins",
        ];
        step("building Usher and the load client", &mut cargo(&build))?;
        let helper =
            ["build", "--release", "--quiet", "--package", "usher-persistence", "--example", "sqlite"];
        step("building SQLite's helper", &mut cargo(&helper))?;
        let pgbench = match PostgresServer::pgbench() {
            Err(TestbedError::Missing { .. }) => {
                packages::install(&["postgresql"])?;
                PostgresServer::pgbench()?
            }
            found => found?,
        };
        let target = variable("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
        let release = target.join("release");
        Ok(Self {
            usher: release.join("usher"),
            loadgen: release.join("usher-loadgen"),
            sqlite: release.join("examples/sqlite"),
            pgbench,
        })
    }

    /// Runs SQL on a file.
    pub(super) fn sqlite_script(&self, file: &Path, sql: &str) -> Result<(), Failure> {
        let mut helper = program(&self.sqlite);
        let mut child = helper.arg("script").arg(file).stdin(Stdio::piped()).spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(sql.as_bytes())?;
        }
        let status = child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("SQLite's helper: {status}").into()) }
    }
}

/// Runs a program to its end; what it printed, or a failure with what it complained about.
pub(super) fn output_of(command: &mut Command) -> Result<String, Failure> {
    let output = command.stdin(Stdio::null()).output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    say(&format!("failed: {command:?}"));
    Err(text(&[output.stdout, output.stderr].concat()).into())
}
