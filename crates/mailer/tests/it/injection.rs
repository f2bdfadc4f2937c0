//! All valid names and addresses produce one well-formed message to one recipient.

use proptest::prelude::*;
use usher_domain::{address::EmailAddress, outbox::InvitationMail, text::DisplayText};
use usher_mailer::{ComposeError, Composer, Sender};

use crate::support::{Outcome, compose, composer, invitation, inviter, parse};

/// Characters with a meaning in headers, MIME, HTML or SMTP, and some of every width.
fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[ -~]{1,8}",
        proptest::sample::select(vec![
            "\r\n",
            "\n",
            "\r",
            "\u{0}",
            "\u{b}",
            "\u{85}",
            "\u{2028}",
            "\r\nBcc: a@b.example\r\n\r\n",
            ": ",
            "<",
            ">",
            "\"",
            "\\",
            "\\\"",
            "(",
            ")",
            ",",
            ";",
            "=?utf-8?q?=0D=0A?=",
            "=?utf-8?b?",
            "?=",
            "=",
            "=_",
            "--",
            "&amp;",
            "</p>",
            "{{ link }}",
            "{%",
            "🦊",
            "é",
            "e\u{301}",
            "א",
            "ع",
            "\u{200d}",
            " ",
            "  ",
            "\t",
            "\u{a0}",
            "\r\n.\r\n",
            ".",
            "..",
            "@",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 1..24).prop_map(|pieces| pieces.concat())
}

fn name() -> impl Strategy<Value = DisplayText> {
    hostile_text().prop_filter_map("not a name", |text| {
        let short: String = text.chars().take(64).collect();
        DisplayText::parse(&text).or_else(|_| DisplayText::parse(&short)).ok()
    })
}

fn address() -> impl Strategy<Value = EmailAddress> {
    let local = prop_oneof![
        "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}",
        "[a-zéßЖ漢Ωǅ٣a-z]{1,20}",
        "[ -~]{1,12}",
        hostile_text(),
    ];
    let domain = prop_oneof![
        Just("example.org".to_owned()),
        "[a-z0-9é漢Ω-]{1,20}(\\.[a-zé漢-]{2,12}){1,3}",
        "([a-z]{63}\\.){3}[a-z]{2,10}",
        hostile_text(),
    ];
    (local, domain).prop_filter_map("not an address", |(local, domain)| {
        EmailAddress::parse(&format!("{local}@{domain}")).ok()
    })
}

fn mail() -> impl Strategy<Value = InvitationMail> {
    (address(), proptest::option::of(name()), name(), proptest::option::of(name())).prop_filter_map(
        "no mail",
        |(to, to_name, account_title, inviter_name)| {
            let usual = invitation().ok()?;
            let inviter = inviter_name.and_then(|name| inviter(name).ok());
            Some(InvitationMail { to, to_name, account_title, inviter, ..usual })
        },
    )
}

/// The names of the headers in order; folded lines count once.
fn header_names(octets: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(octets);
    let header = text.split("\r\n\r\n").next().unwrap_or_default();
    let lines = header.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    lines.map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_accepted_mail_can_be_built_and_says_what_it_should(mail in mail()) {
        let octets = compose(&mail).map_err(|error| TestCaseError::fail(error.to_string()))?;

        prop_assert_eq!(
            header_names(&octets),
            ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
        );
        let rest = String::from_utf8_lossy(&octets).replace("\r\n", "");
        prop_assert!(!rest.contains(['\r', '\n', '\0']), "a bare line end");
        prop_assert!(octets.split(|octet| *octet == b'\n').all(|line| line.len() <= 999), "a long line");
        prop_assert_eq!(octets.is_ascii(), mail.to.envelope().is_ascii());

        let message = parse(&octets).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(message.parts.len(), 3);
        let to: Vec<_> = message.to().into_iter().flat_map(|to| to.iter()).collect();
        prop_assert_eq!(to.len(), 1);
        let envelope = mail.to.envelope();
        prop_assert_eq!(to[0].address(), Some(envelope.as_str()));
        prop_assert_eq!(to[0].name(), mail.to_name.as_ref().map(DisplayText::as_str));
        let subject = format!("You have been invited to {}", mail.account_title);
        prop_assert_eq!(message.subject(), Some(subject.as_str()));
    }

    #[test]
    fn every_accepted_name_and_ascii_address_can_be_the_senders(name in name(), address in address()) {
        prop_assume!(address.envelope().is_ascii());
        let sender = Sender::new(Some(name.as_str()), address.as_str())
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mail = invitation().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let composed =
            Composer::new(sender).invitation(&mail).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let message = parse(composed.as_bytes()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let from: Vec<_> = message.from().into_iter().flat_map(|from| from.iter()).collect();
        prop_assert_eq!(from.len(), 1);
        prop_assert_eq!(from[0].name(), Some(name.as_str()));
        let envelope = address.envelope();
        prop_assert_eq!(from[0].address(), Some(envelope.as_str()));
    }
}

#[test]
fn stored_addresses_that_are_no_longer_valid_get_no_mail() -> Outcome {
    for local in ["=?utf-8?q?=0D=0A?=", "=?x?q?victim=40example=2Ecom=3E=00?=", "a=?x", "a,b", "<a>"] {
        let stored = format!("{local}@example.org");
        assert!(EmailAddress::parse(&stored).is_err(), "{local}");
        let to = EmailAddress::from_stored(&stored, &stored).ok_or("not stored")?;
        let refused = composer()?.invitation(&InvitationMail { to, ..invitation()? });
        assert_eq!(refused.err(), Some(ComposeError::Recipient), "{local}");
    }
    Ok(())
}
