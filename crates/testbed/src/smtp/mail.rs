use std::{fs, io, path::Path};

use crate::error::{Attempt, TestbedError};

/// A mail as the server got it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ReceivedMail {
    /// The address of `MAIL FROM`.
    pub mail_from: String,
    /// The addresses of `RCPT TO` that were not refused, in their order.
    pub rcpt_tos: Vec<String>,
    /// Who had logged in, if anybody.
    pub user: Option<String>,
    /// Whether the connection was under TLS.
    pub tls: bool,
    /// The message's octets, header and body, without the dots that SMTP doubles.
    pub raw: Vec<u8>,
}

impl ReceivedMail {
    /// All mails of a directory, in the order of their arrival.
    pub(super) fn read_all(directory: &Path) -> Result<Vec<Self>, TestbedError> {
        let mut messages = Vec::new();
        for entry in fs::read_dir(directory).attempt("listing received mails")? {
            let path = entry.attempt("listing received mails")?.path();
            if path.extension().is_some_and(|extension| extension == "eml") {
                messages.push(path);
            }
        }
        messages.sort_unstable();
        messages.iter().map(|path| Self::read(path).attempt("reading a received mail")).collect()
    }

    fn read(message: &Path) -> io::Result<Self> {
        let mut mail = Self { raw: fs::read(message)?, ..Self::default() };
        // The envelope is complete once the message is there: see server.py.
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
