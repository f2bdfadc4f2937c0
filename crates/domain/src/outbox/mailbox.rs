use crate::address::EmailAddress;

/// Hosts that ignore dots before the `@`, and the name that they share.
const IGNORE_DOTS: [(&str, &str); 2] = [("gmail.com", "gmail.com"), ("googlemail.com", "gmail.com")];

/// The mailbox that an address most likely belongs to: its key without the plus-tag, and without dots at hosts that ignore them.
/// Limits on mails count by mailbox. It is not an address: two people with one mailbox share limits, never an invitation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mailbox(String);

impl Mailbox {
    /// The mailbox of an address.
    #[must_use]
    pub fn of(email: &EmailAddress) -> Self {
        let (local, domain) = email.key().rsplit_once('@').unwrap_or((email.key(), ""));
        let without_tag = local.split('+').next().filter(|name| !name.is_empty()).unwrap_or(local);
        let host = IGNORE_DOTS.iter().find(|(host, _)| *host == domain);
        match host {
            Some((_, name)) => Self(format!("{}@{name}", without_tag.replace('.', ""))),
            None => Self(format!("{without_tag}@{domain}")),
        }
    }

    /// The stored spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_ignored_dots_do_not_make_another_mailbox() {
        let table = [
            ("joe@example.com", "joe@example.com"),
            ("Joe+News@EXAMPLE.com", "joe@example.com"),
            ("joe+a+b@example.com", "joe@example.com"),
            ("j.oe@example.com", "j.oe@example.com"),
            ("+joe@example.com", "+joe@example.com"),
            ("j.o.e+x@gmail.com", "joe@gmail.com"),
            ("J.oe@googlemail.com", "joe@gmail.com"),
        ];
        for (address, mailbox) in table {
            assert_eq!(Mailbox::of(&EmailAddress::parse(address).unwrap()).as_str(), mailbox, "{address}");
        }
    }
}
