use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use rustls::pki_types::ServerName;
use secrecy::SecretString;
use url::{Host, Url};

use super::relay::Login;

const SHAPE: &str =
    "must be a URL that begins with smtp:// or smtps://, such as smtp://relay.example.com:587";
const TAIL: &str = "must end after the host or its port";
const LOGIN: &str = "must have both a user name and a password before the @, percent-encoded UTF-8";

/// The parts of a relay's URL.
pub(super) struct RelayUrl {
    /// Whether the scheme is `smtps`: TLS from the first octet.
    pub(super) implicit_tls: bool,
    /// A name in ASCII, or an IP address without brackets.
    pub(super) host: String,
    pub(super) port: Option<u16>,
    pub(super) login: Option<Login>,
}

impl RelayUrl {
    /// Parses `smtp://[user:password@]host[:port]`, or the same with `smtps`.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| SHAPE)?;
        let implicit_tls = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(SHAPE),
        };
        let host = host(&url).ok_or(SHAPE)?;
        if url.port() == Some(0) {
            return Err(SHAPE);
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(TAIL);
        }
        Ok(Self { implicit_tls, host, port: url.port(), login: login(&url)? })
    }

    /// Whether the host is this machine: a loopback address, `localhost`, or a name under it (RFC 6761, 6.3).
    pub(super) fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.to_canonical().is_loopback(),
            Err(_) => self.host == "localhost" || self.host.ends_with(".localhost"),
        }
    }

    /// The name that the relay's certificate must have.
    pub(super) fn server_name(&self) -> Result<ServerName<'static>, &'static str> {
        ServerName::try_from(self.host.clone()).map_err(|_| SHAPE)
    }
}

/// Normalizes the host: the `url` crate does that for web schemes only.
fn host(url: &Url) -> Option<String> {
    match Host::parse(url.host_str()?).ok()? {
        Host::Domain(name) => Some(name),
        Host::Ipv4(address) => Some(address.to_string()),
        Host::Ipv6(address) => Some(address.to_string()),
    }
}

fn login(url: &Url) -> Result<Option<Login>, &'static str> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let decode = |text| percent_decode_str(text).decode_utf8().ok().filter(|text| !text.is_empty());
    let user = decode(url.username()).ok_or(LOGIN)?;
    let password = url.password().and_then(decode).ok_or(LOGIN)?;
    Ok(Some(Login { user: user.into_owned(), password: SecretString::from(password.into_owned()) }))
}
