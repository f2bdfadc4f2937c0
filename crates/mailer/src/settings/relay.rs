use std::{fmt, path::PathBuf, time::Duration};

use lettre::transport::smtp::{authentication::Credentials, extension::ClientId};
use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret as _, SecretString};

use crate::compose::Sender;

/// Valid settings of the relay and the sender: the result of [`SmtpSettings::check`](crate::SmtpSettings::check).
///
/// Displayed as its URL without the login.
#[derive(Debug, Clone)]
pub struct Relay {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(super) is_loopback: bool,
    pub(crate) security: Security,
    pub(crate) login: Option<Login>,
    pub(crate) hello: ClientId,
    pub(crate) sender: Sender,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) deadline: Duration,
}

impl Relay {
    /// Sender of every mail.
    #[must_use]
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// User name and password at the relay.
    #[must_use]
    pub fn login(&self) -> Option<(&str, &SecretString)> {
        self.login.as_ref().map(|login| (login.user.as_str(), &login.password))
    }

    /// Whether TLS protects the connection.
    #[must_use]
    pub fn uses_tls(&self) -> bool {
        !matches!(self.security, Security::None)
    }

    /// Whether mails cross the network without TLS.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        !self.uses_tls() && !self.is_loopback
    }

    /// The name of this host in EHLO.
    #[must_use]
    pub fn hello_name(&self) -> String {
        self.hello.to_string()
    }

    /// Longest time for one delivery.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }
}

impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if matches!(self.security, Security::Implicit(_)) { "smtps" } else { "smtp" };
        if self.host.contains(':') {
            write!(f, "{scheme}://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{scheme}://{}:{}", self.host, self.port)
        }
    }
}

/// The protection of connections. A server name is the name that the relay's certificate must have.
#[derive(Debug, Clone)]
pub(crate) enum Security {
    /// TLS from the first octet.
    Implicit(ServerName<'static>),
    /// TLS by STARTTLS. A relay that does not offer it receives no mail.
    StartTls(ServerName<'static>),
    /// No TLS.
    None,
}

impl Security {
    /// The usual port (RFC 8314, RFC 6409, RFC 5321).
    pub(super) fn default_port(&self) -> u16 {
        match self {
            Self::Implicit(_) => 465,
            Self::StartTls(_) => 587,
            Self::None => 25,
        }
    }
}

/// User name and password at the relay.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: SecretString,
}

impl Login {
    pub(crate) fn credentials(&self) -> Credentials {
        Credentials::new(self.user.clone(), self.password.expose_secret().to_owned())
    }
}
