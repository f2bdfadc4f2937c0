//! Criterion's benchmarks.

use std::ffi::OsString;

use usher_testbed::POSTGRES_VARIABLE;

use crate::{
    peers,
    shell::{Failure, cargo, step},
};

/// Crates with benchmarks, and their names. Cargo would run the tests of the crates as benchmarks, too.
const BENCHES: [(&str, &str); 3] =
    [("usher-auth", "credentials"), ("usher-api", "dialects"), ("usher-persistence", "paging")];

/// Runs them all, with a PostgreSQL server that ends with this process.
pub(super) fn run(arguments: &[OsString]) -> Result<(), Failure> {
    let postgres = peers::postgres()?;
    for (package, bench) in BENCHES {
        let mut cargo = cargo(&["bench", "--quiet", "--package", package, "--bench", bench, "--"]);
        step(&format!("{package}: {bench}"), cargo.args(arguments).env(POSTGRES_VARIABLE, postgres.url()))?;
    }
    Ok(())
}
