use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// The environment variable with the URL of a running PostgreSQL server, as a user who may create databases:
/// `postgres://user@%2Fsocket%2Fdirectory/postgres`. Where it is set, no cluster is started.
pub const POSTGRES_VARIABLE: &str = "USHER_TEST_POSTGRES";

/// The environment variable with the path of a Python interpreter that has aiosmtpd.
pub const PYTHON_VARIABLE: &str = "USHER_TEST_PYTHON";

/// Where `cargo xtask test` puts the Python environment that holds aiosmtpd.
#[must_use]
pub fn python_venv() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/testbed/venv")
}

/// The list of what that environment has to hold, in pip's format, with versions and hashes.
#[must_use]
pub fn python_requirements() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements.txt")
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
