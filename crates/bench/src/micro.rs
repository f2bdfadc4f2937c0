//! The Criterion benchmarks of the crates.

use std::ffi::OsString;

use usher_testbed::POSTGRES_VARIABLE;
use usher_tooling::{Failure, cargo, shared_postgres, step};

/// Packages with benchmarks, and the benchmark's name. Without the name, Cargo would run the unit tests as benchmarks too.
const BENCHES: [(&str, &str); 3] =
    [("usher-auth", "credentials"), ("usher-api", "dialects"), ("usher-persistence", "paging")];

/// Runs all of them, with a PostgreSQL server that ends with this process.
pub(crate) fn run(arguments: &[OsString]) -> Result<(), Failure> {
    let postgres = shared_postgres()?;
    for (package, bench) in BENCHES {
        let mut cargo = cargo(&["bench", "--quiet", "--package", package, "--bench", bench, "--"]);
        step(&format!("{package}: {bench}"), cargo.args(arguments).env(POSTGRES_VARIABLE, postgres.url()))?;
    }
    Ok(())
}
