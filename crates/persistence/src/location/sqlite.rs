use std::{
    fs, io,
    path::{Path, PathBuf},
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::open_error::OpenError;

/// The characters to be encoded in the path of SQLite's own `file:` URLs.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A database file.
#[derive(Clone)]
pub(crate) struct SqliteFile {
    path: String,
}

impl SqliteFile {
    pub(super) fn parse(path: &str) -> Result<Self, OpenError> {
        match path {
            "" | "/" => Err(OpenError::NoPath),
            _ if path.starts_with(":memory:") => Err(OpenError::InMemory),
            _ => Ok(Self { path: path.to_owned() }),
        }
    }

    /// Creates a missing file, empty and readable only by its owner, because it will contain addresses and password
    /// hashes. Connections only open existing files.
    pub(crate) fn prepare(&self) -> Result<(), OpenError> {
        let folder = Path::new(&self.path).parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(OpenError::NoFolder(folder.to_owned()));
        }
        create(Path::new(&self.path)).map_err(|error| self.unusable(error.to_string()))
    }

    /// The URL for SQLite: the file, to be read and written, not created. The path is encoded, because SQLite would interpret a
    /// leading `file:` or a question mark in it.
    pub(crate) fn connection_url(&self) -> String {
        let authority = if self.path.starts_with('/') { "//" } else { "" };
        format!("file:{authority}{}?mode=rw", utf8_percent_encode(&self.path, ENCODED))
    }

    pub(crate) fn unusable(&self, reason: String) -> OpenError {
        OpenError::File { path: PathBuf::from(&self.path), reason }
    }
}

fn create(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
