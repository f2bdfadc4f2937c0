use std::path::PathBuf;

use usher_testbed::{PostgresServer, TestbedError};

use super::arguments::Kind;
use crate::{
    packages,
    shell::{Failure, cargo, step, variable, workspace},
};

/// What is run: Usher, and SQLite's helper.
pub(super) struct Programs {
    pub(super) usher: PathBuf,
    pub(super) sqlite: PathBuf,
}

impl Programs {
    /// Builds both.
    pub(super) fn prepare(release: bool) -> Result<Self, Failure> {
        let build = |what: &[&str]| {
            let mut build = cargo(&["build", "--quiet"]);
            build.args(what);
            if release {
                build.arg("--release");
            }
            build
        };
        step("building Usher", &mut build(&["--package", "usher-api", "--bins"]))?;
        let helper = ["--package", "usher-persistence", "--example", "sqlite"];
        step("building SQLite's helper", &mut build(&helper))?;
        let target = variable("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
        let folder = target.join(if release { "release" } else { "debug" });
        Ok(Self { usher: folder.join("usher"), sqlite: folder.join("examples/sqlite") })
    }
}

/// A cluster that keeps what it commits, if one is needed.
pub(super) fn postgres(
    kinds: &[Kind],
    directory: &std::path::Path,
) -> Result<Option<PostgresServer>, Failure> {
    if !kinds.contains(&Kind::Postgres) {
        return Ok(None);
    }
    Ok(Some(match PostgresServer::start_durable(directory) {
        Err(TestbedError::Missing { .. }) => {
            packages::install(&["postgresql"])?;
            PostgresServer::start_durable(directory)?
        }
        started => started?,
    }))
}
