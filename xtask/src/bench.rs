//! `cargo xtask bench`

use std::ffi::OsString;

use usher_testbed::POSTGRES_VARIABLE;

use crate::{
    peers,
    shell::{Failure, cargo, step},
};

/// Runs the benchmarks, with a PostgreSQL server that ends with this process.
pub(crate) fn run(arguments: &[OsString]) -> Result<(), Failure> {
    let postgres = peers::postgres()?;
    let mut bench = cargo(&["bench", "--package", "usher-persistence", "--benches", "--"]);
    step("benchmarks", bench.args(arguments).env(POSTGRES_VARIABLE, postgres.url()))
}
