//! `cargo xtask ci`

use std::process::Stdio;

use usher_tooling::{Failure, cargo, provide_programs, step};

use crate::{
    advisories, domain, links, structure,
    test::{self, Profile},
    tools::Tool,
};

const MACHETE: Tool = Tool { name: "cargo-machete", version: "0.9.2" };
const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

/// Runs all checks: first those that fail most often, and last those whose tools must be built.
pub(crate) fn run() -> Result<(), Failure> {
    // Only this command needs --locked: once it has passed, the lock file is up to date for all other commands.
    let mut lock_file = cargo(&["metadata", "--locked", "--format-version", "1"]);
    step("lock file", lock_file.stdout(Stdio::null()))?;
    domain::check()?;
    links::check()?;
    step("formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    // For the fuzzer, which is linted, too.
    provide_programs(&["g++"])?;
    let mut lints = cargo(&["clippy", "--workspace", "--all-targets", "--quiet"]);
    lints.args(["--features", "usher-fuzz/fuzzer"]);
    step("lints", lints.args(["--", "-D", "warnings"]))?;
    structure::check()?;
    test::run(&[], Profile::Ci)?;
    let mut documentation = cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
    step("documentation", documentation.env("RUSTDOCFLAGS", "-D warnings"))?;
    step("unused dependencies", MACHETE.command()?.arg("--with-metadata"))?;
    dependencies()?;
    // What the Dockerfile builds. The build of OpenSSL needs these two programs.
    provide_programs(&["perl", "make"])?;
    step(
        "TLS to PostgreSQL",
        &mut cargo(&["check", "--quiet", "-p", "usher-api", "--features", "postgres-tls"]),
    )
}

/// Checks which crate may use which, licenses and sources; and, if their database can be fetched, the advisories.
fn dependencies() -> Result<(), Failure> {
    step("dependencies", DENY.command()?.args(["check", "bans", "licenses", "sources"]))?;
    advisories::check(DENY.command()?)
}
