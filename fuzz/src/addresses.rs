use usher_domain::{account::AccountName, address::EmailAddress, invitation::SecureId, text::DisplayText};

/// Addresses, names of people and accounts, and the ids in links.
pub(super) fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    if let Ok(address) = EmailAddress::parse(text) {
        check_address(&address);
    }
    if let Ok(name) = DisplayText::parse(text) {
        check_name(&name);
    }
    if let Ok(name) = AccountName::parse(text) {
        assert_eq!(name.as_str(), text);
    }
    if let Some(id) = SecureId::parse(text) {
        assert!(id.as_str() == text && text.is_ascii());
    }
}

/// The stored text is read again as the same address, and is safe in the header of a mail and in SMTP.
pub(super) fn check_address(address: &EmailAddress) {
    let shown = address.to_string();
    let Ok(again) = EmailAddress::parse(&shown) else { panic!("{shown:?} is not read again") };
    assert_eq!((again.as_str(), again.key()), (shown.as_str(), address.key()));
    assert!(!shown.contains(char::is_control) && !shown.contains(char::is_whitespace), "{shown:?}");
    let envelope = address.envelope();
    assert!(!envelope.contains(['<', '>', ' ', '\r', '\n', '\0']), "{envelope:?}");
    let Ok(sent) = EmailAddress::parse(&envelope) else { panic!("{envelope:?} is not read again") };
    assert_eq!(sent.key(), address.key(), "{shown:?} is sent to another mailbox");
}

/// The name is one line without controls, and is read again as itself.
pub(super) fn check_name(name: &DisplayText) {
    let shown = name.as_str();
    assert!(!shown.is_empty() && !shown.contains(char::is_control), "{shown:?}");
    assert_eq!(DisplayText::parse(shown).as_ref(), Ok(name));
}
