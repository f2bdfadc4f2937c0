use usher_mailer::MailboxDir;
use usher_web::mailbox::{KeptMails, KeptMailsError};

/// The development mailbox as the port of the pages that show it.
#[derive(Debug)]
pub(super) struct Mailbox(pub(super) MailboxDir);

impl KeptMails for Mailbox {
    fn list(&self) -> Result<Vec<String>, KeptMailsError> {
        self.0.list().map_err(|error| KeptMailsError(error.to_string()))
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, KeptMailsError> {
        self.0.read(name).map_err(|error| KeptMailsError(error.to_string()))
    }
}
