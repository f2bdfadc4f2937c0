//! Fuzz targets: functions that give foreign input to the product, and panic when a promise about it is broken.
//!
//! `cargo xtask fuzz` runs them under libFuzzer. The tests run the inputs of the folder `corpus`, one folder per target. An input
//! that once broke a promise belongs there.
//!
//! To add a target, write a module with the function `run`, add it to [`TARGETS`], and put a few short inputs into its folder. What
//! the target calls but other crates must not see, a crate opens under its feature `fuzzing`.

mod addresses;
mod bodies;
mod database_urls;
mod key_sets;
mod smtp_replies;
mod tokens;

/// One target.
#[derive(Debug)]
pub struct Target {
    /// Its name, and that of its folder in `corpus`.
    pub name: &'static str,
    /// Gives one input to the product.
    pub run: fn(&[u8]),
}

/// All targets.
pub const TARGETS: [Target; 6] = [
    Target { name: "addresses", run: addresses::run },
    Target { name: "bodies", run: bodies::run },
    Target { name: "database_urls", run: database_urls::run },
    Target { name: "key_sets", run: key_sets::run },
    Target { name: "smtp_replies", run: smtp_replies::run },
    Target { name: "tokens", run: tokens::run },
];

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
