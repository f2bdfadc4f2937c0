//! Builds messages from the mails of the outbox.

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
use usher_domain::{
    Timestamp, account::PublicId, address::EmailAddress, outbox::InvitationMail, text::DisplayText,
};

use crate::catching::catch;

/// Builds messages from one [`Sender`].
#[derive(Debug, Clone)]
pub struct Composer {
    sender: Sender,
}

/// A mail to see whether the relay takes mails and where they arrive.
#[derive(Debug, Clone)]
pub struct TestMail {
    /// Determines the Message-ID.
    pub reference: PublicId,
    /// The one recipient.
    pub to: EmailAddress,
    /// The date of the mail.
    pub created_at: Timestamp,
}

/// A complete message with its envelope.
#[derive(Clone)]
pub struct ComposedMail {
    from: Address,
    to: Address,
    octets: Vec<u8>,
}

impl Composer {
    /// Creates a composer for the sender.
    #[must_use]
    pub fn new(sender: Sender) -> Self {
        Self { sender }
    }

    /// Builds an invitation mail: RFC 5322, `multipart/alternative` with a text and an HTML part, lines of at most 998
    /// octets that end in CRLF. It is ASCII, unless the recipient's address is not.
    ///
    /// The same mail always has the same octets: Date, Message-ID and boundary depend on it alone. It never panics.
    pub fn invitation(&self, mail: &InvitationMail) -> Result<ComposedMail, ComposeError> {
        // lettre panics on display names with a line break. The domain rejects them, but other panics are possible.
        catch(|| self.build_invitation(mail)).unwrap_or(Err(ComposeError::Panicked))
    }

    /// Builds a test mail, in the same form.
    pub fn test(&self, mail: &TestMail) -> Result<ComposedMail, ComposeError> {
        catch(|| {
            let texts = template::test().map_err(|error| ComposeError::Template(error.to_string()))?;
            self.build(mail, None, texts)
        })
        .unwrap_or(Err(ComposeError::Panicked))
    }

    fn build_invitation(&self, mail: &InvitationMail) -> Result<ComposedMail, ComposeError> {
        if !is_plain_link(&mail.link) {
            return Err(ComposeError::Link);
        }
        let texts = template::invitation(mail).map_err(|error| ComposeError::Template(error.to_string()))?;
        let InvitationMail { reference, to, created_at, .. } = mail;
        let head = TestMail { reference: reference.clone(), to: to.clone(), created_at: *created_at };
        self.build(&head, mail.to_name.as_ref(), texts)
    }

    fn build(
        &self,
        mail: &TestMail,
        to_name: Option<&DisplayText>,
        texts: template::Rendered,
    ) -> Result<ComposedMail, ComposeError> {
        let from = self.sender.mailbox();
        let to = address(&mail.to).ok_or(ComposeError::Recipient)?;
        let envelope = Envelope::new(Some(from.email.clone()), vec![to.clone()])
            .map_err(|error| ComposeError::Message(error.to_string()))?;
        let message = Message::builder()
            // Otherwise lettre would parse the headers again to find the envelope.
            .envelope(envelope)
            .from(from.clone())
            .to(Mailbox::new(to_name.map(ToString::to_string), to.clone()))
            .raw_header(headers::subject(&texts.subject)?)
            .date(mail.created_at.into())
            .raw_header(headers::message_id(&mail.reference, self.sender.domain()))
            .raw_header(headers::auto_submitted())
            .multipart(
                MultiPart::alternative()
                    // `=_` never occurs in quoted-printable text, and the reference is unpredictable.
                    .boundary(format!("=_{}", mail.reference))
                    .singlepart(SinglePart::plain(texts.text))
                    .singlepart(SinglePart::html(texts.html)),
            )
            .map_err(|error| ComposeError::Message(error.to_string()))?;
        Ok(ComposedMail { from: from.email.clone(), to, octets: message.formatted() })
    }
}

impl ComposedMail {
    /// The message with header and body, before SMTP doubles the dots.
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

    /// Whether it needs a relay with SMTPUTF8 (RFC 6531).
    pub(crate) fn needs_smtputf8(&self) -> bool {
        !self.octets.is_ascii() || !AsRef::<str>::as_ref(&self.to).is_ascii()
    }
}

/// Shows the size, but not the content.
impl std::fmt::Debug for ComposedMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ComposedMail").field("octets", &self.octets.len()).finish_non_exhaustive()
    }
}

/// Converts the recipient to lettre's type, with the domain as A-labels.
///
/// `=?…?=` before the `@` is an atom in the standards, but many mail programs decode it as an encoded word, and would
/// write to another address. The domain rejects such addresses, but stored ones can be older than that rule.
fn address(address: &EmailAddress) -> Option<Address> {
    let envelope = address.envelope();
    if envelope.contains("=?") { None } else { envelope.parse().ok() }
}

/// Whether the link can be written into the HTML part. Links begin with the configured public URL.
fn is_plain_link(link: &str) -> bool {
    let web = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    web.is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>\\`".contains(&b))
    })
}
