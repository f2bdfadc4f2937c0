use lettre::transport::smtp::{authentication::Credentials, extension::ClientId};
use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_rustls::TlsConnector;

/// Where and how to reach the relay: settings that were checked.
pub(super) struct Relay {
    pub host: String,
    pub port: u16,
    pub protection: Protection,
    pub login: Option<Login>,
    pub hello: ClientId,
}

/// How connections are protected.
pub(super) enum Protection {
    /// TLS from the first octet.
    Implicit(Tls),
    /// TLS by STARTTLS, or nothing at all.
    StartTls(Tls),
    /// None, as the operator wants it.
    None,
}

/// What a handshake needs.
pub(super) struct Tls {
    pub connector: TlsConnector,
    /// Whom the certificate has to be for.
    pub name: ServerName<'static>,
}

/// Who we are to the relay.
#[derive(Debug, Clone)]
pub(super) struct Login {
    pub user: String,
    pub password: SecretString,
}

impl Login {
    pub(super) fn credentials(&self) -> Credentials {
        Credentials::new(self.user.clone(), self.password.expose_secret().to_owned())
    }
}
