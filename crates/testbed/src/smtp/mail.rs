use std::{fs, io, path::Path};

use crate::error::{IoContext, TestbedError};

/// A mail that the server has received.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ReceivedMail {
    /// The address of `MAIL FROM`.
    pub mail_from: String,
    /// The accepted addresses of `RCPT TO`, in the order in which they were sent.
    pub rcpt_tos: Vec<String>,
    /// The user of the login; none without a login.
    pub user: Option<String>,
    /// Whether the connection used TLS.
    pub tls: bool,
    /// The message, header and body, without the dots that SMTP adds (RFC 5321, 4.5.2).
    pub raw: Vec<u8>,
}

impl ReceivedMail {
    /// All mails of a directory, in the order of arrival.
    pub(super) fn read_all(directory: &Path) -> Result<Vec<Self>, TestbedError> {
        let mut messages = Vec::new();
        for entry in fs::read_dir(directory).context("listing received mails")? {
            let path = entry.context("listing received mails")?.path();
            if path.extension().is_some_and(|extension| extension == "eml") {
                messages.push(path);
            }
        }
        messages.sort_unstable();
        messages.iter().map(|path| Self::read(path).context("reading a received mail")).collect()
    }

    fn read(message: &Path) -> io::Result<Self> {
        let mut mail = Self { raw: fs::read(message)?, ..Self::default() };
        // server.py writes the envelope before the message, so it is complete.
        for line in fs::read_to_string(message.with_extension("envelope"))?.lines() {
            match line.split_once(' ') {
                Some(("from", address)) => address.clone_into(&mut mail.mail_from),
                Some(("to", address)) => mail.rcpt_tos.push(address.into()),
                Some(("user", name)) => mail.user = Some(name.into()),
                Some(("tls", _)) => mail.tls = true,
                _ => {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, format!("unknown fact {line:?}")));
                }
            }
        }
        Ok(mail)
    }
}
