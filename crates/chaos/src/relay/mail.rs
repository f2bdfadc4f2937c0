use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The parts of a mail that the checks need. All copies of a mail must be identical, octet for octet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RelayedMail {
    message_id: String,
    /// The acceptance link in the text part.
    link: String,
    /// A digest of all octets.
    digest: u64,
}

impl RelayedMail {
    pub(super) fn parse(message: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        message.hash(&mut hasher);
        let text = String::from_utf8_lossy(message);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let message_id = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("message-id").then(|| value.trim().to_owned())
        });
        let link = find_link(&decode_quoted_printable(body)).unwrap_or_default();
        Self { message_id: message_id.unwrap_or_default(), link, digest: hasher.finish() }
    }

    #[cfg(test)]
    pub(crate) fn with(message_id: &str, link: &str) -> Self {
        Self::parse(format!("Message-ID: {message_id}\r\n\r\n{link}\r\n").as_bytes())
    }

    /// The first half of the link, which is public.
    pub(crate) fn secure_id(&self) -> &str {
        self.link.rsplit('/').next().and_then(|rest| rest.split('?').next()).unwrap_or_default()
    }

    /// The second half of the link, which only the invitee has.
    pub(crate) fn key(&self) -> &str {
        self.link.split_once("?key=").map_or("", |(_, key)| key)
    }
}

/// The first acceptance link in a string.
fn find_link(text: &str) -> Option<String> {
    let mut words = text.split(|c: char| c.is_whitespace() || "\"<>".contains(c));
    words.find(|word| word.contains("/accept-invitation/")).map(str::to_owned)
}

/// Decodes quoted-printable (RFC 2045, 6.7), as far as links need it.
fn decode_quoted_printable(text: &str) -> String {
    let joined = text.replace("=\r\n", "");
    let mut parts = joined.split('=');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let octet = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (sign, rest) = match (octet, part.get(2..)) {
            (Some(octet), Some(rest)) => (char::from(octet), rest),
            _ => ('=', part),
        };
        plain.push(sign);
        plain.push_str(rest);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "From: x\r\nMessage-ID: <r@example.com>\r\n\r\nOpen\r\n\r\nhttp://127.0.0.1:9/accept-invitation=\r\n\
                        /Abc?key=3D0.def\r\n";

    #[test]
    fn message_id_and_link_are_parsed() {
        let mail = RelayedMail::parse(MAIL.as_bytes());
        assert_eq!(mail.message_id, "<r@example.com>");
        assert_eq!(mail.link, "http://127.0.0.1:9/accept-invitation/Abc?key=0.def");
        assert_eq!((mail.secure_id(), mail.key()), ("Abc", "0.def"));
    }

    #[test]
    fn copies_that_differ_in_one_octet_are_different() {
        assert_eq!(RelayedMail::parse(MAIL.as_bytes()), RelayedMail::parse(MAIL.as_bytes()));
        let other = MAIL.replace("Open", "open");
        assert_ne!(RelayedMail::parse(MAIL.as_bytes()), RelayedMail::parse(other.as_bytes()));
    }
}
