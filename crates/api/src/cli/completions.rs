//! `usher completions`

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use super::{arguments::Arguments, failure::Failure, output::Output};

/// Prints the script that completes commands and options in a shell.
pub(super) fn print(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "usher", &mut script);
    let script = String::from_utf8_lossy(&script);
    Output::Text.lines(&[script.trim_end()], &serde_json::Value::Null)
}
