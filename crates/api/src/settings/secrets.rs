//! Secrets, and the files that hold them.

use std::path::Path;

use secrecy::SecretString;
use usher_auth::MIN_SECRET_OCTETS;

use super::reader::Reader;

/// Far more than any secret, and little enough to read by mistake.
const MAX_OCTETS: u64 = 64 * 1024;

impl Reader {
    /// A secret: the key's text, or the content of the file that `key_file` names, less its final line break.
    pub(super) fn secret(&self, key: &str) -> Option<SecretString> {
        let (text, file) = self.twins(key, Self::text);
        file.or(text).map(SecretString::from)
    }

    /// Several secrets: the key's list, or the lines of the file that `key_file` names.
    pub(super) fn secrets(&self, key: &str) -> Vec<SecretString> {
        let (list, file) = self.twins(key, |reader, key| Some(reader.texts(key)));
        let lines = |text: String| text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        file.map(lines).or(list).unwrap_or_default().into_iter().map(SecretString::from).collect()
    }

    /// Notes when a secret of the server is too short to sign with.
    pub(super) fn must_be_strong(&self, key: &str, secret: &SecretString) {
        use secrecy::ExposeSecret as _;
        if secret.expose_secret().len() < MIN_SECRET_OCTETS {
            self.refuse(key, format!("must have at least {MIN_SECRET_OCTETS} bytes: {HOW_TO_MAKE_ONE}"));
        }
    }

    /// What the key says, and what its file says; at most one of them.
    fn twins<T>(&self, key: &str, read: impl Fn(&Self, &str) -> Option<T>) -> (Option<T>, Option<String>) {
        let file_key = format!("{key}_file");
        let path = self.path(&file_key);
        let here = read(self, key);
        if path.is_some() && self.is_given(key) {
            self.refuse(&file_key, format!("is set, and so is {key}: keep one of them"));
            return (None, None);
        }
        let content = path.and_then(|path| {
            let content = content(&path);
            content.map_err(|fault| self.refuse(&file_key, format!("names {}, {fault}", path.display()))).ok()
        });
        (here, content)
    }
}

/// How an operator comes to a good secret.
pub(super) const HOW_TO_MAKE_ONE: &str = "make one with `openssl rand -base64 48`";

fn content(path: &Path) -> Result<String, String> {
    use std::io::Read as _;
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| format!("which cannot be read: {error}"))?;
    file.take(MAX_OCTETS)
        .read_to_string(&mut text)
        .map_err(|error| format!("which cannot be read: {error}"))?;
    let trimmed =
        text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if trimmed.is_empty() { Err("which is empty".to_owned()) } else { Ok(trimmed.to_owned()) }
}
