use std::{io, path::PathBuf};

use usher_domain::{address::AddressError, text::TextError};

/// What is wrong with one setting. The messages name the setting and never repeat its value, which may hold a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The relay's URL cannot be read, or is not one of the two schemes.
    #[error(
        "url: must be smtp://host[:port] or smtps://host[:port], with user:password@ before the host if needed"
    )]
    Url,
    /// The relay's URL has a path, a query or a fragment, which mean nothing here.
    #[error("url: must end after the host and port")]
    UrlTail,
    /// `smtps://` together with a setting that asks for no TLS.
    #[error("tls: must be on with an smtps:// url")]
    TlsContradiction,
    /// A login in the URL and another in the settings.
    #[error("credentials: are given twice, in the url and beside it")]
    CredentialsTwice,
    /// A user without a password, or the other way round.
    #[error("credentials: need both a user and a password")]
    CredentialsIncomplete,
    /// A NUL, which separates user and password on the wire (RFC 4616).
    #[error("credentials: must not contain NUL")]
    CredentialsNul,
    /// A login that would cross the network unprotected.
    #[error("credentials: would be sent in clear, because tls is off")]
    CredentialsInClear,
    /// The extra certificate authority cannot be read.
    #[error("ca_file: cannot read {}", .path.display())]
    CaFileUnreadable {
        /// As configured.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The extra certificate authority is not PEM, or holds no certificate that can be an authority.
    #[error("ca_file: no usable certificate in {}", .path.display())]
    CaFileInvalid {
        /// As configured.
        path: PathBuf,
    },
    /// The operating system has no certificate authorities, and none was given.
    #[error("ca_file: the system has no certificate authorities; install its ca-certificates or name a file")]
    NoAuthorities,
    /// The TLS library does not work as it is built.
    #[error("tls: cannot be set up: {0}")]
    Tls(String),
    /// Not a name that EHLO can carry.
    #[error("hello_name: must be a host name such as usher.example.com")]
    HelloName,
    /// Zero, or longer than any outbox lease would be.
    #[error("deadline: must be more than nothing and at most 10 minutes")]
    Deadline,
    /// The shown name of the sender.
    #[error("from_name: {0}")]
    FromName(TextError),
    /// The address of the sender.
    #[error("from_address: {0}")]
    FromAddress(AddressError),
    /// The address of the sender needs SMTPUTF8.
    #[error("from_address: must be ASCII before the @")]
    FromAddressNotAscii,
}

/// Everything that is wrong with the settings.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct SettingsErrors(Vec<SettingsError>);

impl SettingsErrors {
    /// One by one; at least one.
    pub fn iter(&self) -> impl Iterator<Item = &SettingsError> {
        self.0.iter()
    }
}

/// Gathers what is wrong, so that an operator learns all of it from one start.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<SettingsError>);

impl Problems {
    /// The value, or nothing and one problem more.
    pub(crate) fn keep<T>(&mut self, checked: Result<T, SettingsError>) -> Option<T> {
        checked.map_err(|error| self.add(error)).ok()
    }

    pub(crate) fn add(&mut self, error: SettingsError) {
        self.0.push(error);
    }

    /// The whole, provided that nothing was wrong.
    pub(crate) fn unless_any<T>(self, whole: Option<T>) -> Result<T, SettingsErrors> {
        whole.filter(|_| self.0.is_empty()).ok_or(SettingsErrors(self.0))
    }
}
