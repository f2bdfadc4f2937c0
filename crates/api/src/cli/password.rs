//! Passwords from standard input. Arguments would show them in the list of processes and the shell's history.

use std::io::{self, IsTerminal as _, Read};

use usher_app::PersonalWords;
use usher_domain::person::PasswordHash;

use super::{blocking_app::BlockingApp, failure::Failure, stderr::print_note};

/// Largest input in bytes. It limits the memory if a wrong file is piped in.
const MAX_OCTETS: u64 = 4096;

/// Reads the password if the arguments ask for it.
pub(super) fn from_stdin(is_requested: bool) -> Result<Option<String>, Failure> {
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

/// Checks and hashes a chosen password. `personal` are the words that an attacker would try first.
pub(super) fn hashed(
    chosen: Option<String>,
    personal: PersonalWords,
    app: &BlockingApp,
) -> Result<Option<PasswordHash>, Failure> {
    let Some(chosen) = chosen else { return Ok(None) };
    let passwords = app.inner.passwords();
    let checked = app.block_on(passwords.choose(move |rules| rules.check(&chosen, &personal)));
    let checked = checked.map_err(|error| Failure::from_error(&error))?;
    let password = checked.map_err(|problem| rejected(&problem.to_string()))?;
    let hash = app.block_on(passwords.hash(password)).map_err(|error| Failure::from_error(&error))?;
    Ok(Some(hash))
}

fn rejected(problem: &str) -> Failure {
    Failure::Failed(format!("the password on standard input {problem}"))
}

/// Reads one line and returns it without its line break.
fn one_line(input: impl Read) -> Result<String, Failure> {
    let mut text = String::new();
    match input.take(MAX_OCTETS).read_to_string(&mut text) {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(rejected("must be UTF-8")),
        read => read?,
    };
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if line.contains(['\n', '\r']) {
        return Err(rejected("must be one line"));
    }
    Ok(line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_break_does_not_belong_to_the_password() {
        for input in ["pass word 1", "pass word 1\n", "pass word 1\r\n"] {
            assert_eq!(one_line(input.as_bytes()).unwrap(), "pass word 1");
        }
        assert_eq!(one_line(" spaces count \n".as_bytes()).unwrap(), " spaces count ");
    }

    #[test]
    fn other_input_is_rejected_and_not_repeated() {
        for (input, part) in
            [(b"hunter2hunter2\nhunter2hunter2\n".as_slice(), "one line"), (b"hunter2\xff", "UTF-8")]
        {
            let Failure::Failed(text) = one_line(input).unwrap_err() else { panic!() };
            assert!(text.contains(part), "{text}");
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}
