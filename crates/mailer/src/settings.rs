//! The settings of the relay and the sender, and their validation.

mod error;
mod relay;
mod url;

use std::{path::PathBuf, time::Duration};

use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret as _, SecretString};

pub(crate) use self::relay::{Login, Security};
use self::url::RelayUrl;
pub use self::{
    error::{SettingsError, SettingsErrors},
    relay::Relay,
};
use crate::compose::Sender;

/// The settings of the relay and the sender, as an operator writes them.
///
/// [`check`](Self::check) is the only validation: it turns them into a [`Relay`].
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// `smtp://[user:password@]host[:port]` for STARTTLS, `smtps://…` for TLS from the first octet. User and password
    /// are percent-encoded. Default ports: 587 with STARTTLS, 465 with `smtps`, 25 without TLS.
    pub url: Option<SecretString>,
    /// Sender of every mail: `mail@example.com` or `Example <mail@example.com>`.
    pub from: Option<String>,
    /// User name, unless the URL has one.
    pub username: Option<String>,
    /// Password, unless the URL has one.
    pub password: Option<SecretString>,
    /// Sends mails without TLS. Implied for an `smtp://` URL on a loopback host, unless `ca_file` is set.
    pub insecure: bool,
    /// The name of this host in EHLO; the domain of the sender if unset.
    pub hello_name: Option<String>,
    /// PEM file with certificate authorities to trust in addition to those of the system.
    pub ca_file: Option<PathBuf>,
    /// Longest time for one delivery: name resolution, TLS, login and message. The caller keeps it shorter than the
    /// lease of the outbox.
    pub deadline: Duration,
}

impl SmtpSettings {
    /// Settings for a relay with TLS and a deadline of 60 seconds.
    #[must_use]
    pub fn new(url: impl Into<SecretString>, from: impl Into<String>) -> Self {
        Self {
            url: Some(url.into()),
            from: Some(from.into()),
            username: None,
            password: None,
            insecure: false,
            hello_name: None,
            ca_file: None,
            deadline: Duration::from_mins(1),
        }
    }

    /// Checks every setting. The error holds all mistakes, not only the first one.
    ///
    /// It does no I/O: [`LettreMailer::new`](crate::LettreMailer::new) reads the certificate authorities.
    pub fn check(self) -> Result<Relay, SettingsErrors> {
        let mut errors = SettingsErrors::default();
        let sender = errors.keep(self.sender());
        let hello = errors.keep(self.hello());
        let url = errors.keep(self.url());
        let relay = url.and_then(|url| {
            let login = errors.keep(self.login(&url));
            let has_login = login.as_ref().is_some_and(Option::is_some);
            let security = errors.keep(self.security(&url, has_login));
            Some((url, login?, security?))
        });
        let (Some(sender), Some(hello), Some((url, login, security))) = (sender, hello, relay) else {
            return Err(errors);
        };
        Ok(Relay {
            port: url.port.unwrap_or_else(|| security.default_port()),
            is_loopback: url.is_loopback(),
            host: url.host,
            login,
            hello: hello.unwrap_or_else(|| ClientId::Domain(sender.domain().to_owned())),
            sender,
            ca_file: self.ca_file,
            deadline: self.deadline,
            security,
        })
    }

    fn sender(&self) -> Result<Sender, SettingsError> {
        let text = self.from.as_deref().ok_or(SettingsError::new(
            "from",
            "is missing: write the sender of every mail, such as Example <invitations@example.com>",
        ))?;
        Sender::parse(text).map_err(|error| SettingsError::new("from", error.to_string()))
    }

    fn hello(&self) -> Result<Option<ClientId>, SettingsError> {
        let Some(name) = self.hello_name.as_deref() else { return Ok(None) };
        if !is_host_name(name) {
            let text = "must be a host name such as usher.example.com";
            return Err(SettingsError::new("hello_name", text));
        }
        Ok(Some(ClientId::Domain(name.to_owned())))
    }

    fn url(&self) -> Result<RelayUrl, SettingsError> {
        let url = self.url.as_ref().ok_or(SettingsError::new(
            "url",
            "is missing: write the relay of outgoing mails, such as smtp://relay.example.com:587 (STARTTLS) or \
             smtps://relay.example.com:465",
        ))?;
        RelayUrl::parse(url.expose_secret()).map_err(|text| SettingsError::new("url", text))
    }

    /// User name and password, from the URL or from their own settings.
    fn login(&self, url: &RelayUrl) -> Result<Option<Login>, SettingsError> {
        let wrong = |field, text: &'static str| Err(SettingsError::new(field, text));
        let (login, user_field, password_field) = match (&url.login, &self.username, &self.password) {
            (None, None, None) => return Ok(None),
            (Some(login), None, None) => (login.clone(), "url", "url"),
            (None, Some(user), Some(password)) => {
                (Login { user: user.clone(), password: password.clone() }, "username", "password")
            }
            (Some(_), ..) => {
                return wrong("url", "has a login, which is also set on its own: keep one of them");
            }
            (None, Some(_), None) => return wrong("password", "is missing: a user name is set"),
            (None, None, Some(_)) => return wrong("username", "is missing: a password is set"),
        };
        // NUL separates user name and password in AUTH PLAIN (RFC 4616).
        let is_wrong = |text: &str| text.is_empty() || text.contains('\0');
        if is_wrong(&login.user) {
            return wrong(user_field, "must have a user name without NUL");
        }
        if is_wrong(login.password.expose_secret()) {
            return wrong(password_field, "must have a password without NUL");
        }
        Ok(Some(login))
    }

    /// The setting that `insecure` contradicts, if any.
    fn contradiction(&self, url: &RelayUrl, has_login: bool) -> Option<&'static str> {
        if url.implicit_tls {
            Some("is true, but the URL begins with smtps://: keep one of them")
        } else if self.ca_file.is_some() {
            Some("is true, and a ca_file is set: keep one of them")
        } else if has_login && !url.is_loopback() {
            Some("is true, but a password must not travel without TLS")
        } else {
            None
        }
    }

    fn security(&self, url: &RelayUrl, has_login: bool) -> Result<Security, SettingsError> {
        if self.insecure
            && let Some(text) = self.contradiction(url, has_login)
        {
            return Err(SettingsError::new("insecure", text));
        }
        // A relay on this machine usually has no certificate that can be verified. A ca_file says that this relay has
        // one.
        let plain = self.insecure || (url.is_loopback() && self.ca_file.is_none());
        if plain && !url.implicit_tls {
            return Ok(Security::None);
        }
        let name = url.server_name().map_err(|text| SettingsError::new("url", text))?;
        Ok(if url.implicit_tls { Security::Implicit(name) } else { Security::StartTls(name) })
    }
}

/// Whether EHLO can carry the name (RFC 5321, 4.1.2). Address literals are not allowed.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}
