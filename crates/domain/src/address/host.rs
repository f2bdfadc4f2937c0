//! The part after the `@`.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// Returns the domain as A-labels, if it can receive mail: at least two labels of letters, digits and hyphens, and the last is not a
/// number.
pub(super) fn ascii(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::STD3).ok()?;
    let labels: Vec<&str> = ascii.split('.').collect();
    let valid = labels.len() >= 2
        && ascii.len() <= 253
        && labels.iter().all(|label| is_label(label))
        && labels.last().is_some_and(|top| top.bytes().any(|b| b.is_ascii_alphabetic()));
    valid.then(|| ascii.into_owned())
}

/// Returns the domain to store and to show, so that it is the one that was checked.
///
/// IDNA ignores invisible characters such as U+200B and U+00AD, and maps others, such as full-width letters and the ideographic full
/// stop. A domain with such characters is replaced by the domain that IDNA made of it. Any other domain is kept as it was typed.
pub(super) fn shown<'a>(typed: &'a str, ascii: &str) -> Cow<'a, str> {
    if typed.eq_ignore_ascii_case(ascii) {
        return Cow::Borrowed(typed);
    }
    let (unicode, result) = idna::domain_to_unicode(ascii);
    if result.is_err() {
        return Cow::Owned(ascii.to_owned());
    }
    let lower: String = typed.nfc().flat_map(char::to_lowercase).collect();
    let is_kept = typed.nfc().eq(typed.chars()) && lower == unicode;
    if is_kept { Cow::Borrowed(typed) } else { Cow::Owned(unicode) }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}
