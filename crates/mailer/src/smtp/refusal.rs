//! What a relay refuses: this table decides between a dead mail and a mail that waits.
//!
//! Only a refusal of the recipient can be final. Every other 5yz can end without a new mail: when the relay's bill is paid, the
//! sender is registered, or a block is removed. An unclear refusal therefore waits, too.
//!
//! Sources, in the order of precedence:
//!
//! 1. The command that the relay answers (RFC 5321, 4.2.3 and 4.3.2). MAIL FROM and DATA do not name a recipient.
//! 2. The enhanced status code (RFC 3463, RFC 5248 and the IANA registry; RFC 6531 for x.6.7, RFC 7372 and RFC 7505 for
//!    later ones). The first digit is the reply's. Google Workspace ("SMTP error reference") and Exchange Online ("NDR error
//!    codes") assign x.4.5 to sending limits, x.2.252 and x.7.60 to send-as, and three-digit details.
//! 3. The words of common servers: Postfix, Exim, sendmail, qmail, Exchange, Gmail.

use super::step::Step;

/// What a relay refuses with a 4yz or 5yz reply to a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The recipient. Final.
    Recipient,
    /// The sender, the account, its quota, the mail by policy, or unclear. Waits.
    Sender,
    /// The session, because it lacks a valid login or encryption. All mails wait until the settings are right.
    Login,
    /// Nothing for long (4yz).
    Temporary,
}

/// What an enhanced status code says.
#[derive(Clone, Copy)]
enum Meaning {
    /// The recipient, unless the words are about the sender.
    Recipient,
    /// Not the recipient.
    Us,
    /// The words decide.
    Unclear,
}

/// Subject and detail of enhanced status codes, and what they mean after RCPT TO and after the final dot. A subject
/// without detail is for all its other details.
const STATUS_CODES: [(u16, Option<u16>, Meaning); 26] = [
    // Addressing. 1.0 is "other": Postfix uses it for senders.
    (1, Some(0), Meaning::Unclear),
    (1, Some(1), Meaning::Recipient),  // bad mailbox
    (1, Some(2), Meaning::Recipient),  // bad domain
    (1, Some(3), Meaning::Recipient),  // bad syntax
    (1, Some(4), Meaning::Recipient),  // ambiguous
    (1, Some(6), Meaning::Recipient),  // moved
    (1, Some(7), Meaning::Us),         // syntax of the sender
    (1, Some(8), Meaning::Us),         // domain of the sender
    (1, Some(10), Meaning::Recipient), // null MX
    (1, None, Meaning::Unclear),
    // The mailbox. Exchange Online uses 2.2 for its submission quota and 2.0 for send-as: the words decide.
    (2, Some(1), Meaning::Recipient), // disabled
    (2, Some(3), Meaning::Recipient), // message too long for the mailbox
    (2, Some(4), Meaning::Recipient), // mailing list
    (2, None, Meaning::Unclear),
    // The mail system of the relay: full, down, wrongly configured. sendmail uses 3.0 for everything.
    (3, Some(0), Meaning::Unclear),
    (3, None, Meaning::Us),
    // Network and routing. Exchange Online uses 4.1 for unknown recipients.
    (4, Some(5), Meaning::Us),          // sending limit
    (4, Some(310), Meaning::Recipient), // the domain does not exist
    (4, None, Meaning::Unclear),
    // Protocol. Outlook.com uses 5.0 for everything.
    (5, Some(0), Meaning::Unclear),
    (5, None, Meaning::Us),
    // Content: the same for every mail.
    (6, Some(7), Meaning::Recipient), // the address needs SMTPUTF8 on the whole way
    (6, None, Meaning::Us),
    // Security and policy. The mailbox or the domain has a new owner since: RFC 7293.
    (7, Some(17), Meaning::Recipient),
    (7, Some(18), Meaning::Recipient),
    (7, None, Meaning::Us),
];

/// Words about the sender. They outweigh every status code and every other word.
const SENDER_WORDS: [&str; 14] = [
    "sender",
    "sending",
    "submission",
    "send as",
    "sendas",
    "mail from",
    "from address",
    "from header",
    "not owned",
    "to relay",
    "relay access",
    "relaying",
    "authenticat",
    "policy",
];

/// Words about the recipient. "Mailbox unavailable" is missing on purpose: RFC 5321 has it for rejections by policy, too.
const RECIPIENT_WORDS: [&str; 25] = [
    "user unknown",
    "unknown user",
    "unknown recipient",
    "recipient unknown",
    "unknown mailbox",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "no such address",
    "no mailbox here",
    "user not found",
    "recipient not found",
    "mailbox not found",
    "address not found",
    "user doesn't exist",
    "does not exist",
    "invalid recipient",
    "invalid mailbox",
    "unrouteable address",
    "mailbox full",
    "mailbox is full",
    "inbox is full",
    "over quota",
    "domain not found",
    "recipient address rejected: access denied",
];

impl Refusal {
    /// Classifies a 4yz or 5yz reply to a command of a mail. `text` is the reply without its code.
    pub(super) fn classify(step: Step, code: u16, text: &str) -> Self {
        match (step, code) {
            // Login or encryption required (RFC 4954, 6). After the dot it is about one mail: the session was accepted.
            (Step::Mail | Step::Recipient | Step::Data, 530 | 534 | 535 | 538) => Self::Login,
            (_, ..500) => Self::Temporary,
            _ if names_recipient(step, code, &text.to_ascii_lowercase()) => Self::Recipient,
            _ => Self::Sender,
        }
    }
}

fn names_recipient(step: Step, code: u16, text: &str) -> bool {
    let status = status_code(text);
    if !matches!(step, Step::Recipient | Step::Content) {
        // MAIL FROM announces an address that needs SMTPUTF8.
        return status == Some((6, 7));
    }
    // Without addresses, which can hold every word.
    let words: Vec<&str> = text.split_whitespace().filter(|word| !word.contains('@')).collect();
    let words = words.join(" ");
    if SENDER_WORDS.iter().any(|word| words.contains(word)) {
        return false;
    }
    let meaning = match (status, code) {
        (Some(status), _) => meaning(status),
        // The domain does not accept mail (RFC 7504).
        (None, 556) => Meaning::Recipient,
        (None, _) => Meaning::Unclear,
    };
    match meaning {
        Meaning::Recipient => true,
        Meaning::Us => false,
        Meaning::Unclear => RECIPIENT_WORDS.iter().any(|word| words.contains(word)),
    }
}

fn meaning((subject, detail): (u16, u16)) -> Meaning {
    let row = STATUS_CODES.iter().find(|(row_subject, row_detail, _)| {
        *row_subject == subject && row_detail.is_none_or(|row_detail| row_detail == detail)
    });
    row.map_or(Meaning::Unclear, |(.., meaning)| *meaning)
}

/// Subject and detail of the enhanced status code: the first word of the text, or `(#5.1.1)` in it, as qmail writes.
fn status_code(text: &str) -> Option<(u16, u16)> {
    let first = text.split_whitespace().next()?;
    let marked = text.split_once('#').map(|(_, rest)| rest);
    [Some(first), marked].into_iter().flatten().find_map(parse_status)
}

fn parse_status(text: &str) -> Option<(u16, u16)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (code, rest) = text.split_at_checked(end)?;
    let mut numbers = code.trim_end_matches('.').split('.').map(|number| number.parse::<u16>().ok());
    let (class, subject, detail) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let ends = numbers.next().is_none() && !rest.starts_with(char::is_alphanumeric);
    (class == 5 && ends).then_some((subject, detail))
}

#[cfg(test)]
mod tests;
