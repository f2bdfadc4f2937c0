//! Secret files: a key `secret` has a twin `secret_file`, which names a file with the secret.

use std::path::Path;

use config::{Value, ValueKind};
use serde::Deserialize as _;

use super::{Reader, value::Leaf};

/// Largest secret file in bytes. It limits the memory if a wrong file is named.
const MAX_OCTETS: u64 = 64 * 1024;

impl Reader {
    /// Replaces each `key_file` by the value of its key: the content of the file without the line breaks at its end,
    /// or its lines if the key is a list.
    pub(super) fn read_secret_files(&mut self) {
        let twins: Vec<(String, String)> =
            self.layers.known.iter().filter_map(|key| twin(key, &self.layers.known)).collect();
        for (key, file_key) in twins {
            self.layers.defaults.remove(&file_key);
            let Some(path) = self.layers.given.remove(&file_key) else { continue };
            match self.secret(&key, &path) {
                Ok(value) => drop(self.layers.given.insert(key, value)),
                Err(text) => {
                    self.layers.given.remove(&key);
                    self.report(&file_key, text);
                }
            }
        }
    }

    fn secret(&self, key: &str, path: &Value) -> Result<Value, String> {
        let path = String::deserialize(Leaf(path)).map_err(|fault| fault.text)?;
        if self.layers.given.contains_key(key) {
            return Err(format!("is set, and so is {key}: keep one of them"));
        }
        let content = content(Path::new(&path)).map_err(|fault| format!("names {path}, {fault}"))?;
        let is_list =
            self.layers.defaults.get(key).is_some_and(|value| matches!(value.kind, ValueKind::Array(_)));
        let lines = || content.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>();
        Ok(if is_list { lines().into() } else { content.into() })
    }
}

/// Splits `key_file` into (`key`, `key_file`), if `key` is a setting.
fn twin(file_key: &str, known: &[String]) -> Option<(String, String)> {
    let key = file_key.strip_suffix("_file")?;
    known.iter().any(|known| known == key).then(|| (key.to_owned(), file_key.to_owned()))
}

fn content(path: &Path) -> Result<String, String> {
    use std::io::Read as _;
    let unreadable = |error: std::io::Error| format!("which cannot be read: {error}");
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    // One byte more than allowed shows that the file is too large.
    file.take(MAX_OCTETS + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_OCTETS {
        return Err(format!("which is larger than {} KiB", MAX_OCTETS / 1024));
    }
    let text = String::from_utf8(bytes).map_err(|_| "which is not UTF-8".to_owned())?;
    if text.trim_matches(['\r', '\n', '\u{feff}']).is_empty() {
        return Err("which is empty".to_owned());
    }
    // Some editors begin a file with a byte order mark, and most end it with a line break.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
