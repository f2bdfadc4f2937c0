//! Passwords from standard input. Arguments would show them in the list of processes and the shell's history.

use std::io::{self, IsTerminal as _, Read};

use usher_domain::person::{Password, PasswordHash};

use super::{blocking_app::BlockingApp, failure::Failure, stderr::print_note};

/// Largest input in bytes. It limits the memory if a wrong file is piped in.
const MAX_OCTETS: u64 = 4096;

/// Reads the password if the arguments ask for it.
pub(super) fn from_stdin(is_requested: bool) -> Result<Option<Password>, Failure> {
    if !is_requested {
        return Ok(None);
    }
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return one_line(stdin.lock()).map(Some);
    }
    print_note("Password (it is shown while you type):");
    let mut line = String::new();
    stdin.read_line(&mut line)?;
    one_line(line.as_bytes()).map(Some)
}

/// Hashes the password.
pub(super) fn hashed(password: Option<Password>, app: &BlockingApp) -> Result<Option<PasswordHash>, Failure> {
    let hash = |password| app.block_on(app.inner.passwords().hash(password));
    password.map(hash).transpose().map_err(|error| Failure::from_error(&error))
}

/// Reads one line and returns it without its line break.
fn one_line(input: impl Read) -> Result<Password, Failure> {
    let reject = |text: &str| Failure::Failed(format!("the password on standard input {text}"));
    let mut text = String::new();
    match input.take(MAX_OCTETS).read_to_string(&mut text) {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(reject("must be UTF-8")),
        read => read?,
    };
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if line.contains(['\n', '\r']) {
        return Err(reject("must be one line"));
    }
    Password::parse(line).map_err(|fault| reject(&fault.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_break_does_not_belong_to_the_password() {
        for input in ["pass word 1", "pass word 1\n", "pass word 1\r\n"] {
            assert_eq!(one_line(input.as_bytes()).unwrap().reveal(), "pass word 1");
        }
        assert_eq!(one_line(" spaces count \n".as_bytes()).unwrap().reveal(), " spaces count ");
    }

    #[test]
    fn other_input_is_rejected_and_not_repeated() {
        let long = "x".repeat(5000);
        for (input, part) in [
            (b"".as_slice(), "at least 8 characters"),
            (b"\n", "at least 8 characters"),
            (b"hunter2\n", "at least 8 characters"),
            (b"hunter2hunter2\nhunter2hunter2\n", "one line"),
            (b"hunter2\xff", "UTF-8"),
            (long.as_bytes(), "at most 256 bytes"),
        ] {
            let Failure::Failed(text) = one_line(input).unwrap_err() else { panic!() };
            assert!(text.contains(part), "{text}");
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}
