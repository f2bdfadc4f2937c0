//! The programs that a run starts.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Stdio,
};

use usher_testbed::PostgresServer;
use usher_tooling::{BuildProfile, Failure, UsherPrograms, installing_postgres, output_of, program, spawn};

/// Paths of Usher, the load client and the SQLite client, all in the release build, and of pgbench.
#[derive(Debug, Clone)]
pub(crate) struct BenchPrograms {
    pub(crate) usher: PathBuf,
    pub(crate) loadgen: PathBuf,
    sqlite: PathBuf,
    pub(crate) pgbench: PathBuf,
}

impl BenchPrograms {
    /// Builds our own programs, and finds or installs pgbench.
    pub(crate) fn prepare() -> Result<Self, Failure> {
        let built = UsherPrograms::build(BuildProfile::Release)?;
        let loadgen = built.build_other("usher-loadgen")?;
        let pgbench = installing_postgres(PostgresServer::pgbench)?;
        Ok(Self { usher: built.usher, loadgen, sqlite: built.sqlite, pgbench })
    }

    /// Runs SQL on an SQLite file.
    pub(crate) fn sqlite_script(&self, file: &Path, sql: &str) -> Result<(), Failure> {
        let mut client = program(&self.sqlite);
        let mut child = spawn(client.arg("script").arg(file).stdin(Stdio::piped()))?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(sql.as_bytes())?;
        }
        let status = child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("SQLite client: {status}").into()) }
    }

    /// Runs a task of the SQLite client that prints a number.
    pub(crate) fn sqlite_number(
        &self,
        task: &str,
        file: &Path,
        seconds: Option<u32>,
    ) -> Result<f64, Failure> {
        let mut client = program(&self.sqlite);
        client.arg(task).arg(file).args(seconds.map(|seconds| seconds.to_string()));
        let printed = output_of(&mut client)?;
        printed.parse().map_err(|_| format!("SQLite client: {printed} is not a number").into())
    }
}
