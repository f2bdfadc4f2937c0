//! What the domain may stand on.

use crate::shell::{Failure, answer, cargo};

/// Text and dates: nothing that does I/O, waits, or knows a wire format. `deny.toml` cannot say this, because it lists
/// who may use a crate and not what a crate may use.
const ALLOWED: [&str; 5] = ["caseless", "chrono", "idna", "thiserror", "unicode-normalization"];

/// Fails when `usher-domain` depends on anything else, in any feature.
pub(crate) fn check() -> Result<(), Failure> {
    let tree = ["tree", "--package", "usher-domain", "--all-features", "--edges", "normal", "--depth", "1"];
    let mut tree = cargo(&tree);
    tree.args(["--prefix", "none", "--format", "{p}"]);
    let listed = answer(&mut tree).ok_or_else(|| "cargo tree does not answer".to_owned())?;
    // The first line is the crate itself.
    let names = listed.lines().skip(1).filter_map(|line| line.split(' ').next());
    let foreign: Vec<&str> = names.filter(|name| !ALLOWED.contains(name)).collect();
    if foreign.is_empty() {
        return Ok(());
    }
    let foreign = foreign.join(", ");
    Err(format!("usher-domain depends on {foreign}: the rules know no I/O, no async and no wire format")
        .into())
}
