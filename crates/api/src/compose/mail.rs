use std::sync::Arc;

use secrecy::SecretString;
use usher_domain::port::Mailer;
use usher_mailer::{LettreMailer, MailboxDir, Sender, SmtpSettings, Tls};

use super::StartError;
use crate::settings::{Mail, Settings};

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
    if let Some(mail) = &settings.mail {
        let mailer = LettreMailer::new(smtp(mail)).map_err(|error| refuse(&error))?;
        return Ok(MailTransport { mailer: Arc::new(mailer), mailbox: None });
    }
    let sender = Sender::new(Some("Usher"), "usher@usher.example").map_err(|error| refuse(&error))?;
    let mailbox = MailboxDir::open(settings.development.mailbox(), sender).map_err(|error| refuse(&error))?;
    Ok(MailTransport { mailer: Arc::new(mailbox.clone()), mailbox: Some(mailbox) })
}

fn smtp(mail: &Mail) -> SmtpSettings {
    // The settings allow a login without TLS only to a relay on this machine.
    let tls = if mail.insecure { Tls::NoneEvenForLogin } else { Tls::Required };
    let password = mail.password.clone().unwrap_or_else(|| SecretString::from(String::new()));
    SmtpSettings {
        tls,
        ca_file: mail.ca_file.clone(),
        hello_name: mail.hello_name.clone(),
        credentials: mail.username.clone().map(|user| (user, password)),
        from_name: mail.from.name.as_ref().map(ToString::to_string),
        deadline: mail.deadline,
        ..SmtpSettings::new(mail.url.as_str(), mail.from.address.as_str())
    }
}
