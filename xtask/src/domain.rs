//! The dependencies of the domain.

use usher_tooling::{Failure, answer, cargo};

/// Crates for text and dates. None does I/O, waits, or knows a wire format. `deny.toml` cannot express this rule, because it
/// lists who may use a crate, not what a crate may use.
const ALLOWED: [&str; 5] = ["caseless", "chrono", "idna", "thiserror", "unicode-normalization"];

/// Fails when `usher-domain` depends on any other crate, in any feature.
pub(crate) fn check() -> Result<(), Failure> {
    let tree = ["tree", "--package", "usher-domain", "--all-features", "--edges", "normal", "--depth", "1"];
    let mut tree = cargo(&tree);
    tree.args(["--prefix", "none", "--format", "{p}"]);
    let listed = answer(&mut tree).ok_or("cargo tree failed")?;
    // The first line is the crate itself.
    let names = listed.lines().skip(1).filter_map(|line| line.split(' ').next());
    let unexpected: Vec<&str> = names.filter(|name| !ALLOWED.contains(name)).collect();
    if unexpected.is_empty() {
        return Ok(());
    }
    let unexpected = unexpected.join(", ");
    Err(format!("usher-domain depends on {unexpected}: the domain has no I/O, no async and no wire format")
        .into())
}
