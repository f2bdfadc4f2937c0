use std::{
    fs, io,
    path::{Path, PathBuf},
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::options::OpenError;

/// What stays as it is in the path of SQLite's own `file:` URLs.
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

    /// Makes an empty file where there is none, readable for its owner only: it will hold addresses and the hashes of
    /// passwords. This is the one place that makes it; connections open what is there.
    pub(crate) fn prepare(&self) -> Result<(), OpenError> {
        let folder = Path::new(&self.path).parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(OpenError::NoFolder(folder.to_owned()));
        }
        create(Path::new(&self.path)).map_err(|error| self.unusable(error.to_string()))
    }

    /// What SQLite gets: the file, to be read and written, not to be made. A path that begins with `file:` or holds
    /// a question mark would otherwise say more than it should.
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
