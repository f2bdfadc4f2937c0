//! `cargo xtask structure`: the structure of the code, measured from its syntax.
//!
//! The task fails when the files of a crate import each other in a cycle, or when two public types share a name. The other
//! figures (lines, files, long files, closures) are for information.
//!
//! Both rules concern production code: the modules that the libraries and programs reach, without `mod tests` and
//! without items under `#[cfg(test)]`. All other files are test code. Macros are not expanded: paths in their arguments
//! count as imports, and the items that they generate are unknown.
//!
//! To add a rule, add a module that returns its violations, and add its figure and description to `report`.

mod attributes;
mod closures;
mod content;
mod cycles;
mod imports;
mod modules;
mod report;
mod resolve;
mod scan;
mod sources;
mod tokens;
mod type_names;

use std::{
    fs,
    io::{Write as _, stdout},
    path::PathBuf,
};

use clap::Args;
use usher_tooling::{Failure, report_progress, workspace};

use self::report::Report;

/// What to measure.
#[derive(Args)]
pub(crate) struct StructureArguments {
    /// The root folder of another checkout to measure.
    #[arg(long, default_value_os_t = workspace().to_owned(), hide_default_value = true)]
    root: PathBuf,
    /// Counts the closures of these files instead. The paths are relative to the root folder.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    closures: Vec<PathBuf>,
}

/// Prints the figures; fails when a rule is violated.
pub(crate) fn run(arguments: &StructureArguments) -> Result<(), Failure> {
    if !arguments.closures.is_empty() {
        let read = |file: &PathBuf| Ok((file.clone(), fs::read_to_string(arguments.root.join(file))?));
        let files = arguments.closures.iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
        stdout().write_all(closures::table(&files)?.as_bytes())?;
        return Ok(());
    }
    let report = Report::measure(&sources::read_packages(&arguments.root)?)?;
    stdout().write_all(report.table().as_bytes())?;
    report.violations().map_or(Ok(()), |violations| Err(violations.into()))
}

/// The same for this checkout, as a step of `cargo xtask ci`.
pub(crate) fn check() -> Result<(), Failure> {
    report_progress("structure");
    run(&StructureArguments { root: workspace().to_owned(), closures: Vec::new() })
}
