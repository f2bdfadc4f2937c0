use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use usher_domain::{
    outbox::InvitationMail,
    port::{Mailer, SendError, SendFuture},
};

use crate::compose::{Composer, Sender};

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("mailbox folder {}: {source}", .path.display())]
pub struct MailboxDirError {
    path: PathBuf,
    source: io::Error,
}

/// Keeps mails as files instead of sending them, for development.
///
/// Each file is one message as a relay would receive it (`.eml`). The names sort by arrival. The mails hold working links,
/// so on Unix only the owner of the process can read the folder that is created here.
#[derive(Debug, Clone)]
pub struct MailboxDir {
    composer: Composer,
    folder: Arc<Folder>,
}

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// Locked while a file gets its number.
    numbering: Mutex<()>,
}

impl MailboxDir {
    /// Uses the folder and creates it if it is missing.
    pub fn open(path: impl Into<PathBuf>, sender: Sender) -> Result<Self, MailboxDirError> {
        let path = path.into();
        create_private_folder(&path).map_err(|source| MailboxDirError { path: path.clone(), source })?;
        let folder = Arc::new(Folder { path, numbering: Mutex::default() });
        Ok(Self { composer: Composer::new(sender), folder })
    }

    /// Returns the names of all mails, in the order of their arrival. It blocks on the disk: do not call it on an async
    /// thread.
    pub fn list(&self) -> Result<Vec<String>, MailboxDirError> {
        self.folder.names().map_err(|source| self.folder.error(source))
    }

    /// Returns the octets of one mail; `None` if [`MailboxDir::list`] does not have the name. It blocks on the disk: do not
    /// call it on an async thread.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, MailboxDirError> {
        // Names come from URLs: only names of the expected pattern reach the file system.
        if number(name).is_none() {
            return Ok(None);
        }
        match fs::read(self.folder.path.join(name)) {
            Ok(octets) => Ok(Some(octets)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.folder.error(source)),
        }
    }

    async fn keep(&self, mail: &InvitationMail) -> Result<(), SendError> {
        let composed = self.composer.invitation(mail)?;
        let (folder, reference) = (Arc::clone(&self.folder), mail.reference.to_string());
        let written = tokio::task::spawn_blocking(move || folder.add(&reference, composed.as_bytes())).await;
        let written = written.unwrap_or_else(|error| Err(io::Error::other(error)));
        written.map_err(|error| SendError::Unreachable { reason: format!("mailbox folder: {error}") })
    }
}

impl Mailer for MailboxDir {
    fn send<'a>(&'a self, mail: &'a InvitationMail) -> SendFuture<'a> {
        Box::pin(self.keep(mail))
    }
}

impl Folder {
    /// Writes under a name that is not listed, then renames the file, so that a reader never sees a partial mail.
    fn add(&self, reference: &str, octets: &[u8]) -> io::Result<()> {
        let _numbering = self.numbering.lock().unwrap_or_else(PoisonError::into_inner);
        let draft = self.path.join(format!("{reference}.draft"));
        write_private_file(&draft, octets)?;
        let last = self.names()?.last().and_then(|name| number(name)).unwrap_or(0);
        // The reference distinguishes the names of processes that choose the same number concurrently.
        fs::rename(&draft, self.path.join(format!("{:08}-{reference}.eml", last + 1)))
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            names.extend(name.to_str().filter(|name| number(name).is_some()).map(str::to_owned));
        }
        names.sort_unstable();
        Ok(names)
    }

    fn error(&self, source: io::Error) -> MailboxDirError {
        MailboxDirError { path: self.path.clone(), source }
    }
}

/// Returns the number in a name such as `00000001-reference.eml`; `None` for other names.
fn number(name: &str) -> Option<u32> {
    let (number, reference) = name.strip_suffix(".eml")?.split_once('-')?;
    let is_valid = number.len() == 8
        && number.bytes().all(|b| b.is_ascii_digit())
        && !reference.is_empty()
        && reference.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_valid { number.parse().ok() } else { None }
}

#[cfg(unix)]
fn create_private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(unix)]
fn write_private_file(path: &Path, octets: &[u8]) -> io::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(octets)
}

#[cfg(not(unix))]
fn write_private_file(path: &Path, octets: &[u8]) -> io::Result<()> {
    fs::write(path, octets)
}
