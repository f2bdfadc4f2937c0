//! Messages on standard error.

use std::io::{self, Write as _};

/// Prints a note, which is neither a result nor an error.
pub(super) fn print_note(text: &str) {
    // A closed standard error cannot be reported anywhere.
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// Prints an error.
pub(super) fn print_error(text: &str) {
    print_note(&format!("usher: {text}"));
}
