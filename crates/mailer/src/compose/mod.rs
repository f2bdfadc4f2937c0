//! From what an invitation says to the octets of a message.

mod direction;
mod error;
mod headers;
mod sender;
mod template;

pub use error::ComposeError;
use lettre::{
    Address, Message,
    address::Envelope,
    message::{Mailbox, MultiPart, SinglePart},
};
pub use sender::{Sender, SenderError};
use usher_domain::{address::EmailAddress, outbox::InvitationMail};

use crate::catching::catching;

/// Builds messages that all come from one [`Sender`].
#[derive(Debug, Clone)]
pub struct Composer {
    sender: Sender,
}

/// A message that is ready to leave, with its envelope.
#[derive(Clone)]
pub struct ComposedMail {
    from: Address,
    to: Address,
    octets: Vec<u8>,
}

impl Composer {
    /// Builds for this sender.
    #[must_use]
    pub fn new(sender: Sender) -> Self {
        Self { sender }
    }

    /// Builds an invitation mail: RFC 5322, `multipart/alternative` with a text and an HTML part, lines of at most 998
    /// octets that end in CRLF, ASCII throughout but for a recipient whose address is not.
    ///
    /// The same mail always gives the same octets: Date, Message-ID and boundary come from it alone. It never panics.
    pub fn invitation(&self, mail: &InvitationMail) -> Result<ComposedMail, ComposeError> {
        // lettre panics over display names that hold a line break. None can get here, which is no reason to trust it.
        catching(|| self.build_invitation(mail)).unwrap_or(Err(ComposeError::Panicked))
    }

    fn build_invitation(&self, mail: &InvitationMail) -> Result<ComposedMail, ComposeError> {
        if !is_plain_link(&mail.link) {
            return Err(ComposeError::Link);
        }
        let words = template::invitation(mail).map_err(|error| ComposeError::Template(error.to_string()))?;
        let from = self.sender.mailbox();
        let to = address(&mail.to).ok_or(ComposeError::Recipient)?;
        let envelope = Envelope::new(Some(from.email.clone()), vec![to.clone()])
            .map_err(|error| ComposeError::Message(error.to_string()))?;
        let message = Message::builder()
            // Given, because lettre would otherwise read the headers again to find it.
            .envelope(envelope)
            .from(from.clone())
            .to(Mailbox::new(mail.to_name.as_ref().map(ToString::to_string), to.clone()))
            .raw_header(headers::subject(&words.subject)?)
            .date(mail.created_at.into())
            .raw_header(headers::message_id(&mail.reference, self.sender.domain()))
            .raw_header(headers::auto_submitted())
            .multipart(
                MultiPart::alternative()
                    // An `=` before `_` never occurs in quoted-printable text, and nobody else knows the reference.
                    .boundary(format!("=_{}", mail.reference))
                    .singlepart(SinglePart::plain(words.text))
                    .singlepart(SinglePart::html(words.html)),
            )
            .map_err(|error| ComposeError::Message(error.to_string()))?;
        Ok(ComposedMail { from: from.email.clone(), to, octets: message.formatted() })
    }
}

impl ComposedMail {
    /// The message: header and body, as it goes over the wire before dots are doubled.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.octets
    }

    pub(crate) fn from(&self) -> &Address {
        &self.from
    }

    pub(crate) fn to(&self) -> &Address {
        &self.to
    }

    /// Whether only relays with SMTPUTF8 (RFC 6531) can carry it.
    pub(crate) fn needs_smtputf8(&self) -> bool {
        !self.octets.is_ascii() || !AsRef::<str>::as_ref(&self.to).is_ascii()
    }
}

/// Says how much it is and nothing that is in it.
impl std::fmt::Debug for ComposedMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ComposedMail").field("octets", &self.octets.len()).finish_non_exhaustive()
    }
}

/// The recipient in lettre's type, with the domain as A-labels.
///
/// `=?…?=` before the `@` is an atom to the standards, and an encoded word to many a mail program: it would decode it
/// and write to an address of the author's choice. Nobody can type one, but a stored address may be older than that
/// rule.
fn address(address: &EmailAddress) -> Option<Address> {
    let envelope = address.envelope();
    if envelope.contains("=?") { None } else { envelope.parse().ok() }
}

/// Links come from the configured public URL; one that could end its place in the HTML part must not get into it.
fn is_plain_link(link: &str) -> bool {
    let web = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    web.is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>\\`".contains(&b))
    })
}
