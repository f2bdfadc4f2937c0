use std::sync::Arc;

use usher_domain::port::Mailer;
use usher_mailer::{LettreMailer, MailboxDir, Sender};

use super::StartError;
use crate::settings::Settings;

/// The transport of mails: a relay, or the development mailbox.
#[derive(Clone)]
pub struct MailTransport {
    /// The adapter of the port.
    pub mailer: Arc<dyn Mailer>,
    /// The development mailbox, if it is the transport.
    pub mailbox: Option<MailboxDir>,
}

impl std::fmt::Debug for MailTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailTransport").field("mailbox", &self.mailbox).finish_non_exhaustive()
    }
}

/// Returns the relay of `[mail]`, or the development mailbox if no relay is configured.
pub fn mail_transport(settings: &Settings) -> Result<MailTransport, StartError> {
    let invalid = |error: &dyn std::fmt::Display| StartError::Mail(error.to_string());
    if let Some(relay) = &settings.mail {
        let mailer = LettreMailer::new(relay.clone()).map_err(|error| invalid(&error))?;
        return Ok(MailTransport { mailer: Arc::new(mailer), mailbox: None });
    }
    let sender = Sender::new(Some("Usher"), "usher@usher.example").map_err(|error| invalid(&error))?;
    let mailbox =
        MailboxDir::open(settings.development.mailbox(), sender).map_err(|error| invalid(&error))?;
    Ok(MailTransport { mailer: Arc::new(mailbox.clone()), mailbox: Some(mailbox) })
}
