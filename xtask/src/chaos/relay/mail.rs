use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// What matters of a mail. Usher promises that a copy has the same octets throughout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Taken {
    pub(in super::super) message_id: String,
    /// The link for people, in the text part.
    pub(in super::super) link: String,
    /// Of all octets.
    digest: u64,
}

impl Taken {
    pub(super) fn read(octets: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        octets.hash(&mut hasher);
        let text = String::from_utf8_lossy(octets);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let id = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("message-id").then(|| value.trim().to_owned())
        });
        let link = link(&unquoted(body)).unwrap_or_default();
        Self { message_id: id.unwrap_or_default(), link, digest: hasher.finish() }
    }

    #[cfg(test)]
    pub(in super::super) fn of(message_id: &str, link: &str) -> Self {
        Self::read(format!("Message-ID: {message_id}\r\n\r\n{link}\r\n").as_bytes())
    }

    /// The half of the link that everybody may see.
    pub(in super::super) fn secure_id(&self) -> &str {
        self.link.rsplit('/').next().and_then(|rest| rest.split('?').next()).unwrap_or_default()
    }

    /// The half of the link that nobody else has.
    pub(in super::super) fn key(&self) -> &str {
        self.link.split_once("?key=").map_or("", |(_, key)| key)
    }
}

/// The first word that leads to an invitation.
fn link(text: &str) -> Option<String> {
    let mut words = text.split(|c: char| c.is_whitespace() || "\"<>".contains(c));
    words.find(|word| word.contains("/accept-invitation/")).map(str::to_owned)
}

/// Undoes quoted-printable (RFC 2045, 6.7) as far as links need it.
fn unquoted(text: &str) -> String {
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

    const MAIL: &str = "From: x\r\nMessage-ID: <r@example.com>\r\n\r\nOpen\r\n\r\nhttp://127.0.0.1:9/accept-invitation=\r\n/\
                        Abc?key=3D0.def\r\n";

    #[test]
    fn a_mail_is_understood() {
        let mail = Taken::read(MAIL.as_bytes());
        assert_eq!(mail.message_id, "<r@example.com>");
        assert_eq!(mail.link, "http://127.0.0.1:9/accept-invitation/Abc?key=0.def");
        assert_eq!((mail.secure_id(), mail.key()), ("Abc", "0.def"));
    }

    #[test]
    fn copies_differ_by_any_octet() {
        assert_eq!(Taken::read(MAIL.as_bytes()), Taken::read(MAIL.as_bytes()));
        assert_ne!(Taken::read(MAIL.as_bytes()), Taken::read(MAIL.replace("Open", "open").as_bytes()));
    }
}
