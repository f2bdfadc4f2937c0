use std::{path::PathBuf, time::Duration};

use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    relay::{self, Login, Protection, Relay},
    tls,
    url::RelayUrl,
};
use crate::{
    compose::Sender,
    settings::{Problems, SettingsError, SettingsErrors},
};

const LONGEST_DEADLINE: Duration = Duration::from_mins(10);

/// How connections to the relay are protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tls {
    /// Always, with a verified certificate: by STARTTLS, or from the first octet with an `smtps://` URL. A relay that
    /// does not offer STARTTLS gets no mail.
    #[default]
    Required,
    /// Never. **Insecure**: mails, and the links in them, can be read on the way. A login is refused.
    None,
    /// Never, and a login is sent all the same. **Insecure**: the password too can be read on the way.
    NoneEvenForLogin,
}

/// Where mails go and whom they come from, as configured; checked by [`LettreMailer::new`](super::LettreMailer::new).
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// `smtp://[user:password@]host[:port]`, or `smtps://…` for TLS from the first octet. User and password are
    /// percent-encoded. Ports if none is given: 587 with STARTTLS, 465 with `smtps`, 25 without TLS.
    pub url: SecretString,
    /// Whether TLS is used.
    pub tls: Tls,
    /// PEM file with certificate authorities to trust besides the system's: for private relays.
    pub ca_file: Option<PathBuf>,
    /// User and password, if they are not in the URL.
    pub credentials: Option<(String, SecretString)>,
    /// The name of this host in EHLO; if absent, the domain of `from_address`.
    pub hello_name: Option<String>,
    /// The name shown before the sender's address.
    pub from_name: Option<String>,
    /// The sender's address, of every mail and of its envelope.
    pub from_address: String,
    /// How long one delivery may take in all: name resolution, TLS, login, message. It has to be shorter than the lease
    /// of the outbox.
    pub deadline: Duration,
}

impl SmtpSettings {
    /// The usual settings for a relay: TLS required, 60 seconds for a delivery.
    #[must_use]
    pub fn new(url: impl Into<SecretString>, from_address: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            tls: Tls::default(),
            ca_file: None,
            credentials: None,
            hello_name: None,
            from_name: None,
            from_address: from_address.into(),
            deadline: Duration::from_mins(1),
        }
    }

    /// Checks everything, and reads the certificate authorities.
    pub(super) fn check(self) -> Result<(Relay, Sender), SettingsErrors> {
        let mut problems = Problems::default();
        let relay = self.check_relay(&mut problems);
        let hello = problems.keep(self.hello_name.as_deref().map(client_id).transpose());
        let sender = Sender::check(self.from_name.as_deref(), &self.from_address, &mut problems);
        if self.deadline.is_zero() || self.deadline > LONGEST_DEADLINE {
            problems.add(SettingsError::Deadline);
        }
        let whole = relay.zip(hello).zip(sender).map(|((relay, hello), sender)| {
            let hello = hello.unwrap_or_else(|| ClientId::Domain(sender.domain().to_owned()));
            (relay(hello), sender)
        });
        problems.unless_any(whole)
    }

    /// All about the relay but our own name. Nothing wrong hides anything else that is.
    fn check_relay(&self, problems: &mut Problems) -> Option<impl FnOnce(ClientId) -> Relay + use<>> {
        let url = problems.keep(RelayUrl::parse(self.url.expose_secret()));
        let connector = match self.tls {
            Tls::Required => problems.keep(tls::connector(self.ca_file.as_deref())).map(Some),
            Tls::None | Tls::NoneEvenForLogin => Some(None),
        };
        let url_login = url.as_ref().and_then(|url| url.login.clone());
        let login = problems.keep(self.check_login(url_login));
        let RelayUrl { implicit_tls, host, port, .. } = url?;
        if implicit_tls && self.tls != Tls::Required {
            problems.add(SettingsError::TlsContradiction);
        }
        let (protection, usual_port) = match connector? {
            None => (Protection::None, 25),
            Some(connector) => {
                let name = ServerName::try_from(host.clone()).map_err(|_| SettingsError::Url);
                let tls = relay::Tls { connector, name: problems.keep(name)? };
                if implicit_tls { (Protection::Implicit(tls), 465) } else { (Protection::StartTls(tls), 587) }
            }
        };
        let login = login?;
        Some(move |hello| Relay { host, port: port.unwrap_or(usual_port), protection, login, hello })
    }

    fn check_login(&self, in_url: Option<Login>) -> Result<Option<Login>, SettingsError> {
        let beside = self.credentials.clone().map(|(user, password)| Login { user, password });
        let Some(login) = (match (in_url, beside) {
            (Some(_), Some(_)) => return Err(SettingsError::CredentialsTwice),
            (in_url, beside) => in_url.or(beside),
        }) else {
            return Ok(None);
        };
        let password = login.password.expose_secret();
        if login.user.is_empty() || password.is_empty() {
            Err(SettingsError::CredentialsIncomplete)
        } else if login.user.contains('\0') || password.contains('\0') {
            Err(SettingsError::CredentialsNul)
        } else if self.tls == Tls::None {
            Err(SettingsError::CredentialsInClear)
        } else {
            Ok(Some(login))
        }
    }
}

/// A host name for EHLO. It is written into the command as it is.
fn client_id(name: &str) -> Result<ClientId, SettingsError> {
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let sound = name.len() <= 253 && name.split('.').all(label);
    if sound { Ok(ClientId::Domain(name.to_owned())) } else { Err(SettingsError::HelloName) }
}
