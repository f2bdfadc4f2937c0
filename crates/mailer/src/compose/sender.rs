use lettre::{Address, message::Mailbox};
use usher_domain::{
    address::{AddressError, EmailAddress},
    text::DisplayText,
};

use crate::settings::{Problems, SettingsError, SettingsErrors};

/// Whom every mail comes from. It is configuration, and no mail can change it.
#[derive(Debug, Clone)]
pub struct Sender {
    mailbox: Mailbox,
    domain: String,
}

impl Sender {
    /// Checks the name (shown before the address; may be absent) and the address. It is the envelope's sender as well,
    /// so bounces go there.
    ///
    /// The address follows the rules for invitees' addresses, and the part before its `@` has to be ASCII, or relays
    /// without SMTPUTF8 would refuse every mail. All that is wrong is reported at once.
    pub fn new(name: Option<&str>, address: &str) -> Result<Self, SettingsErrors> {
        let mut problems = Problems::default();
        let sender = Self::check(name, address, &mut problems);
        problems.unless_any(sender)
    }

    pub(crate) fn check(name: Option<&str>, address: &str, problems: &mut Problems) -> Option<Self> {
        let name = problems.keep(name.map(DisplayText::parse).transpose().map_err(SettingsError::FromName));
        let address = problems.keep(Self::check_address(address));
        let ((email, domain), name) = address.zip(name)?;
        let mailbox = Mailbox::new(name.map(|name| name.to_string()), email);
        Some(Self { mailbox, domain })
    }

    fn check_address(address: &str) -> Result<(Address, String), SettingsError> {
        let address = EmailAddress::parse(address).map_err(SettingsError::FromAddress)?;
        let envelope = address.envelope();
        if !envelope.is_ascii() {
            return Err(SettingsError::FromAddressNotAscii);
        }
        let email = envelope.parse().map_err(|_| SettingsError::FromAddress(AddressError::Shape))?;
        Ok((email, address.domain().to_owned()))
    }

    /// The domain of the address in ASCII, which Message-IDs are made in.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    pub(super) fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }
}
