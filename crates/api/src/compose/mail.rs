use std::sync::Arc;

use usher_domain::port::Mailer;
use usher_mailer::{LettreMailer, MailboxDir, Sender};

use super::StartError;
use crate::settings::Settings;

/// How mails leave: through a relay, or into the development mailbox.
#[derive(Clone)]
pub struct MailTransport {
    /// The port's adapter.
    pub mailer: Arc<dyn Mailer>,
    /// The development mailbox, if mails are kept there.
    pub mailbox: Option<MailboxDir>,
}

impl std::fmt::Debug for MailTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailTransport").field("mailbox", &self.mailbox).finish_non_exhaustive()
    }
}

/// The relay of `[mail]`, or without one the development mailbox.
pub fn mail_transport(settings: &Settings) -> Result<MailTransport, StartError> {
    let refuse = |error: &dyn std::fmt::Display| StartError::Mail(error.to_string());
    if let Some(relay) = &settings.mail {
        let mailer = LettreMailer::new(relay.clone()).map_err(|error| refuse(&error))?;
        return Ok(MailTransport { mailer: Arc::new(mailer), mailbox: None });
    }
    let sender = Sender::new(Some("Usher"), "usher@usher.example").map_err(|error| refuse(&error))?;
    let mailbox = MailboxDir::open(settings.development.mailbox(), sender).map_err(|error| refuse(&error))?;
    Ok(MailTransport { mailer: Arc::new(mailbox.clone()), mailbox: Some(mailbox) })
}
