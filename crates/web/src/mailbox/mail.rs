use mail_parser::{Address, DateTime, Message, MessageParser, PartType};
use serde::Serialize;
use usher_domain::Timestamp;
use usher_http_kit::moment::iso;

/// A mail as the mailbox shows it.
pub(super) struct Mail<'a>(Message<'a>);

/// The `Date` of a mail.
#[derive(Debug, Serialize)]
pub(super) struct MailDate {
    iso: String,
    text: String,
}

impl<'a> Mail<'a> {
    /// Parses a message. `None` if it is not a mail.
    pub(super) fn parse(raw: &'a [u8]) -> Option<Self> {
        MessageParser::default().parse(raw).map(Self)
    }

    /// The subject, decoded.
    pub(super) fn subject(&self) -> String {
        self.0.subject().filter(|subject| !subject.trim().is_empty()).unwrap_or("(no subject)").to_owned()
    }

    /// The recipients.
    pub(super) fn to(&self) -> String {
        addresses(self.0.to())
    }

    /// The date, in UTC.
    pub(super) fn date(&self) -> Option<MailDate> {
        let at = self.0.date().map(DateTime::to_timestamp)?;
        let at = Timestamp::from_timestamp(at, 0)?;
        Some(MailDate { iso: iso(at), text: at.format("%-d %B %Y, %H:%M:%S UTC").to_string() })
    }

    /// Every header in the order of the mail, unfolded. Subject and addresses are decoded.
    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let raw = self.0.headers_raw();
        raw.map(|(name, value)| (name.to_owned(), self.decoded(name).unwrap_or_else(|| unfolded(value))))
            .collect()
    }

    /// The text part as it was sent, not one derived from the HTML part.
    pub(super) fn text(&self) -> Option<String> {
        self.0.text_bodies().find_map(|part| match &part.body {
            PartType::Text(text) => Some(text.to_string()),
            _ => None,
        })
    }

    /// The HTML part as it was sent.
    pub(super) fn html(&self) -> Option<String> {
        self.0.html_bodies().find_map(|part| match &part.body {
            PartType::Html(html) => Some(html.to_string()),
            _ => None,
        })
    }

    fn decoded(&self, name: &str) -> Option<String> {
        match name.to_ascii_lowercase().as_str() {
            "subject" => Some(self.subject()),
            "to" => Some(self.to()),
            "from" => Some(addresses(self.0.from())),
            "reply-to" => Some(addresses(self.0.reply_to())),
            _ => None,
        }
    }
}

fn addresses(list: Option<&Address<'_>>) -> String {
    let each = list.into_iter().flat_map(Address::iter).map(|recipient| {
        let address = recipient.address().unwrap_or_default();
        recipient.name().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>"))
    });
    each.collect::<Vec<_>>().join(", ")
}

fn unfolded(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}
