use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// The environment variable with the URL of a running PostgreSQL server, as a user who may create databases:
/// `postgres://user@%2Fsocket%2Fdirectory/postgres`. Where it is set, no cluster is started.
pub const POSTGRES_VARIABLE: &str = "USHER_TEST_POSTGRES";

/// The environment variable with the path of a Python interpreter that has what [`python_requirements`] lists.
pub const PYTHON_VARIABLE: &str = "USHER_TEST_PYTHON";

/// The environment variable with the path of a Node.js program that finds the package fastly: in [`node_home`], or
/// where `NODE_PATH` leads it.
pub const NODE_VARIABLE: &str = "USHER_TEST_NODE";

/// Where `cargo xtask test` puts the Python environment.
#[must_use]
pub fn python_venv() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/testbed/venv")
}

/// The list of what that environment has to hold, in pip's format, with versions and hashes.
#[must_use]
pub fn python_requirements() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements.txt")
}

/// Where `cargo xtask test` puts the packages for Node.js.
#[must_use]
pub fn node_home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/testbed/node")
}

/// npm's two files about what [`node_home`] has to hold: `package.json`, and `package-lock.json` with versions and
/// hashes.
#[must_use]
pub fn node_requirements() -> [PathBuf; 2] {
    ["package.json", "package-lock.json"].map(|file| Path::new(env!("CARGO_MANIFEST_DIR")).join(file))
}

/// An environment variable; empty counts as not set.
#[expect(
    clippy::disallowed_methods,
    reason = "which peers a test meets is the developer's choice, not a setting"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// The first directory of `PATH` that holds every one of the programs.
pub(crate) fn directory_in_path(programs: &[&str]) -> Option<PathBuf> {
    let path = variable("PATH")?;
    env::split_paths(&path).find(|directory| holds(directory, programs))
}

/// Whether the directory holds every one of the programs.
pub(crate) fn holds(directory: &Path, programs: &[&str]) -> bool {
    programs.iter().all(|program| directory.join(program).is_file())
}
