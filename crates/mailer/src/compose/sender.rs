use lettre::{Address, message::Mailbox};
use usher_domain::{
    address::{AddressError, EmailAddress},
    text::{DisplayText, TextError},
};

/// Why a sender is rejected. The messages complete a sentence that begins with the setting's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SenderError {
    /// Not an address.
    #[error(
        "must be an e-mail address, or a name and an address such as Example <mail@example.com>: the address {0}"
    )]
    Address(AddressError),
    /// The address needs SMTPUTF8. Relays without it would reject every mail.
    #[error("must have an address with only ASCII characters before the @")]
    NotAscii,
    /// The name cannot be shown in a mail.
    #[error("has a name that mails cannot show: it {0}")]
    Name(TextError),
}

/// The sender of every mail and of its envelope; bounces go there.
#[derive(Debug, Clone)]
pub struct Sender {
    mailbox: Mailbox,
    address: EmailAddress,
}

impl Sender {
    /// Parses `mail@example.com` or `Example <mail@example.com>`. Quotes around the name are dropped.
    pub fn parse(text: &str) -> Result<Self, SenderError> {
        let (name, address) = match text.trim().strip_suffix('>') {
            Some(rest) => rest.rsplit_once('<').ok_or(SenderError::Address(AddressError::Shape))?,
            None => ("", text),
        };
        let name = name.trim();
        let name = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(name);
        Self::new(Some(name).filter(|name| !name.is_empty()), address)
    }

    /// Checks the name and the address. The address follows the rules for invitees' addresses and is ASCII before the
    /// `@`.
    pub fn new(name: Option<&str>, address: &str) -> Result<Self, SenderError> {
        let address = EmailAddress::parse(address).map_err(SenderError::Address)?;
        let envelope = address.envelope();
        if !envelope.is_ascii() {
            return Err(SenderError::NotAscii);
        }
        let email: Address = envelope.parse().map_err(|_| SenderError::Address(AddressError::Shape))?;
        let name = name.map(DisplayText::parse).transpose().map_err(SenderError::Name)?;
        Ok(Self { mailbox: Mailbox::new(name.map(|name| name.to_string()), email), address })
    }

    /// The name that mail programs show before the address.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.mailbox.name.as_deref()
    }

    /// The address.
    #[must_use]
    pub fn address(&self) -> &EmailAddress {
        &self.address
    }

    /// The domain of the address in ASCII; Message-IDs use it too.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.address.domain()
    }

    pub(super) fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }
}
