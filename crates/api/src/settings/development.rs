//! The secret that development mode generates and keeps, so that tokens and links remain valid after a restart.

use std::{
    fs::{DirBuilder, OpenOptions},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use usher_auth::MIN_SECRET_OCTETS;
use usher_domain::token::Token;

use crate::system::SystemEntropy;

/// Characters of a generated secret: 381 bits.
const LENGTH: usize = 64;

/// Generates a secret.
pub(super) fn generate_secret() -> SecretString {
    Token::<LENGTH>::generate(&SystemEntropy).as_str().into()
}

/// Creates the folder if it is missing. The default database is in this folder, too.
pub(super) fn create_directory(directory: &Path) -> Result<(), String> {
    let created = DirBuilder::new().recursive(true).create(directory);
    created.map_err(|error| format!("is {}, which cannot be created: {error}", directory.display()))
}

/// Returns the secret in the folder, which must exist. The first call generates the secret.
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
            let secret = generate_secret();
            writeln!(file, "{}", secret.expose_secret()).map_err(fault)?;
            Ok(secret)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            kept_secret(directory).unwrap_or_else(|| Err(fault(error)))
        }
        Err(error) => Err(fault(error)),
    }
}

/// Returns the secret in the folder; `None` if development mode never ran there.
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
    let is_long_enough = text.len() >= MIN_SECRET_OCTETS;
    let too_short =
        || format!("is kept in {}, which is too short: delete that file for a new one", path.display());
    Some(if is_long_enough { Ok(text.into()) } else { Err(too_short()) })
}

fn path(directory: &Path) -> PathBuf {
    directory.join("secret")
}
