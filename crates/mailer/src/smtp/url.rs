use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::{Host, Url};

use super::relay::Login;
use crate::settings::SettingsError;

/// The parts of a relay's URL.
pub(super) struct RelayUrl {
    /// `smtps://`: TLS from the first octet.
    pub implicit_tls: bool,
    /// A name in ASCII, or an IP address without brackets.
    pub host: String,
    pub port: Option<u16>,
    pub login: Option<Login>,
}

impl RelayUrl {
    /// Reads `smtp://[user:password@]host[:port]` or the same with `smtps`. User and password are percent-decoded.
    pub(super) fn parse(text: &str) -> Result<Self, SettingsError> {
        let url = Url::parse(text).map_err(|_| SettingsError::Url)?;
        let implicit_tls = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(SettingsError::Url),
        };
        let host = host(&url).ok_or(SettingsError::Url)?;
        if url.port() == Some(0) {
            return Err(SettingsError::Url);
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(SettingsError::UrlTail);
        }
        Ok(Self { implicit_tls, host, port: url.port(), login: login(&url)? })
    }
}

/// The library leaves hosts of unknown schemes as they are; here they follow the rules for web addresses.
fn host(url: &Url) -> Option<String> {
    match Host::parse(url.host_str()?).ok()? {
        Host::Domain(name) => Some(name),
        Host::Ipv4(address) => Some(address.to_string()),
        Host::Ipv6(address) => Some(address.to_string()),
    }
}

fn login(url: &Url) -> Result<Option<Login>, SettingsError> {
    let decoded = |text| percent_decode_str(text).decode_utf8().map_err(|_| SettingsError::Url);
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) => Ok(Some(Login {
            user: decoded(user)?.into_owned(),
            password: SecretString::from(decoded(password)?.into_owned()),
        })),
        (_, None) => Err(SettingsError::CredentialsIncomplete),
    }
}
