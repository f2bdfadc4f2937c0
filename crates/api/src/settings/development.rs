//! The secret that development mode makes for itself and keeps, so that tokens and links outlive a restart.

use std::{
    fs::{DirBuilder, OpenOptions},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use usher_auth::MIN_SECRET_OCTETS;
use usher_domain::token::Token;

use crate::system::SystemEntropy;

/// Characters of a secret made here: 381 bits.
const LENGTH: usize = 64;

/// A new secret.
pub(super) fn draw() -> SecretString {
    Token::<LENGTH>::generate(&SystemEntropy).as_str().into()
}

/// Makes the folder where it is missing: the default database is kept there too. The error says what is wrong.
pub(super) fn make(directory: &Path) -> Result<(), String> {
    let made = DirBuilder::new().recursive(true).create(directory);
    made.map_err(|error| format!("is {}, which cannot be made: {error}", directory.display()))
}

/// The secret kept in the folder, which is there; made at the first call. The error says what to do.
pub(super) fn keep_secret(directory: &Path) -> Result<SecretString, String> {
    let path = path(directory);
    let fault = |error: std::io::Error| format!("cannot be kept in {}: {error}", path.display());
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(&path) {
        Ok(mut file) => {
            use secrecy::ExposeSecret as _;
            let secret = draw();
            writeln!(file, "{}", secret.expose_secret()).map_err(fault)?;
            Ok(secret)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            kept_secret(directory).unwrap_or_else(|| Err(fault(error)))
        }
        Err(error) => Err(fault(error)),
    }
}

/// The secret kept in the folder, if development mode ran there. The error says what to do.
pub(super) fn kept_secret(directory: &Path) -> Option<Result<SecretString, String>> {
    let path = path(directory);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        Err(error) => {
            return Some(Err(format!("is kept in {}, which cannot be read: {error}", path.display())));
        }
    };
    let text = text.trim_end();
    let sound = text.len() >= MIN_SECRET_OCTETS;
    let broken =
        || format!("is kept in {}, which is too short: delete that file for a new one", path.display());
    Some(if sound { Ok(text.into()) } else { Err(broken()) })
}

fn path(directory: &Path) -> PathBuf {
    directory.join("secret")
}
