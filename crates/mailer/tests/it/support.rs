//! Shared helpers.

use std::error::Error;

use mail_parser::{Message, MessageParser, PartType};
use usher_domain::{
    Timestamp, account::PublicId, address::EmailAddress, outbox::InvitationMail, person::Inviter,
    port::SendError, text::DisplayText,
};
use usher_mailer::{Composer, LettreMailer, Sender, SmtpSettings};

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A PEM file with the certificate of an authority. Its key is gone.
pub(crate) const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/authority.pem");

pub(crate) const LINK: &str = "https://usher.example.com/accept-invitation/0123456789abcdefghijABCDEFGHIJ\
                               ?key=AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";

pub(crate) const CODE: &str = "0123456789abcdefghijABCDEFGHIJ.AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";

pub(crate) fn moment(rfc3339: &str) -> Outcome<Timestamp> {
    Ok(rfc3339.parse()?)
}

/// A typical invitation mail.
pub(crate) fn invitation() -> Outcome<InvitationMail> {
    Ok(InvitationMail {
        reference: PublicId::parse("Ab3dEf6hIj9lMn2pQr5tUv").ok_or("reference")?,
        to: EmailAddress::parse("jane@example.org")?,
        to_name: Some(DisplayText::parse("Jane Doe")?),
        locale: None,
        account_title: DisplayText::parse("Onward, Inc.")?,
        inviter: Some(inviter(DisplayText::parse("Ada Lovelace")?)?),
        roles: vec!["Auditor".into(), "SupportAnalyst".into()],
        link: LINK.into(),
        code: CODE.into(),
        expires_at: moment("2026-12-04T14:05:09Z")?,
        created_at: moment("2026-11-20T14:05:09Z")?,
    })
}

/// An inviter with this name.
pub(crate) fn inviter(name: DisplayText) -> Outcome<Inviter> {
    Ok(Inviter { name, email: EmailAddress::parse("ada@onward.example")? })
}

/// The same with another reference and Message-ID.
pub(crate) fn numbered(number: usize) -> Outcome<InvitationMail> {
    let reference = PublicId::parse(&format!("{number:022}")).ok_or("reference")?;
    Ok(InvitationMail { reference, ..invitation()? })
}

pub(crate) fn composer() -> Outcome<Composer> {
    Ok(Composer::new(Sender::new(Some("Usher"), "usher@mail.example.com")?))
}

/// A mailer with these settings.
pub(crate) fn build_mailer(settings: SmtpSettings) -> Outcome<LettreMailer> {
    Ok(LettreMailer::new(settings.check()?)?)
}

pub(crate) fn compose(mail: &InvitationMail) -> Outcome<Vec<u8>> {
    Ok(composer()?.invitation(mail)?.as_bytes().to_vec())
}

pub(crate) fn parse(octets: &[u8]) -> Outcome<Message<'_>> {
    Ok(MessageParser::default().parse(octets).ok_or("not a message")?)
}

/// The decoded text part.
pub(crate) fn text(message: &Message<'_>) -> Outcome<String> {
    match message.text_part(0).map(|part| &part.body) {
        Some(PartType::Text(text)) => Ok(text.replace("\r\n", "\n")),
        _ => Err("no text part".into()),
    }
}

/// The decoded HTML part.
pub(crate) fn html(message: &Message<'_>) -> Outcome<String> {
    match message.html_part(0).map(|part| &part.body) {
        Some(PartType::Html(html)) => Ok(html.replace("\r\n", "\n")),
        _ => Err("no HTML part".into()),
    }
}

/// The name of the variant.
pub(crate) fn class(outcome: &Result<(), SendError>) -> &'static str {
    match outcome {
        Ok(()) => "sent",
        Err(SendError::Unreachable { .. }) => "unreachable",
        Err(SendError::Deferred { .. }) => "deferred",
        Err(SendError::Ambiguous { .. }) => "ambiguous",
        Err(SendError::Refused { .. }) => "refused",
        Err(SendError::Permanent { .. }) => "permanent",
        Err(SendError::Unconfirmed { .. }) => "unconfirmed",
        Err(SendError::Unsendable { .. }) => "unsendable",
    }
}

/// The reason for the operator.
pub(crate) fn reason(outcome: &Result<(), SendError>) -> &str {
    match outcome {
        Ok(()) => "",
        Err(
            SendError::Unreachable { reason }
            | SendError::Deferred { reason }
            | SendError::Ambiguous { reason }
            | SendError::Refused { reason }
            | SendError::Permanent { reason }
            | SendError::Unconfirmed { reason }
            | SendError::Unsendable { reason },
        ) => reason,
    }
}
