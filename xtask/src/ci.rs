//! `cargo xtask ci`

use std::process::Stdio;

use crate::{
    domain, links, packages,
    shell::{Failure, cargo, step},
    test::{self, Profile},
    tools::Tool,
};

const MACHETE: Tool = Tool { name: "cargo-machete", version: "0.9.2" };
const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

/// Runs all checks: first those that fail most often, last those that need a tool to be built.
pub(crate) fn run() -> Result<(), Failure> {
    // Cargo tells nothing else here to leave the lock file alone, because afterwards there is nothing to change.
    step("lock file", cargo(&["metadata", "--locked", "--format-version", "1"]).stdout(Stdio::null()))?;
    domain::check()?;
    links::check()?;
    step("formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    let mut lints = cargo(&["clippy", "--workspace", "--all-targets", "--quiet"]);
    step("lints", lints.args(["--", "-D", "warnings"]))?;
    test::run(&[], Profile::Ci)?;
    let mut documentation = cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
    step("documentation", documentation.env("RUSTDOCFLAGS", "-D warnings"))?;
    step("unused dependencies", MACHETE.command()?.arg("--with-metadata"))?;
    step("dependencies", DENY.command()?.args(["check", "bans", "licenses", "sources"]))?;
    // What the Dockerfile builds: OpenSSL's own build wants these two.
    packages::provide(&["perl", "make"])?;
    step(
        "TLS to PostgreSQL",
        &mut cargo(&["check", "--quiet", "-p", "usher-api", "--features", "postgres-tls"]),
    )
}
