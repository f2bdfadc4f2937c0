//! Text that names do not need, and that frauds do: telephone numbers, sums of money, markup.

/// Digits in a row from which on a number can be called. Years, versions and house numbers have fewer.
const LONG_NUMBER: usize = 5;

/// Marks of Markdown and of forums that a program which renders the name could act on.
const MARKS: [&str; 11] = ["](", "][", "[[", "![", "[/", "[url", "[img", "`", "**", "__", "~~"];

/// Whether the [`skeleton`](super::characters::skeleton) of a text has a long number. What stands between the digits does not count,
/// unless it is a letter: `+1-888-555` is one number, `2 of 12345` has two.
pub(super) fn has_long_number(skeleton: &str) -> bool {
    let mut digits = 0;
    for c in skeleton.chars() {
        if c.is_numeric() {
            digits += 1;
        } else if c.is_alphabetic() {
            digits = 0;
        }
        if digits == LONG_NUMBER {
            return true;
        }
    }
    false
}

/// Whether a text has angle brackets, a character reference of HTML, or one of the marks.
pub(super) fn has_markup(text: &str) -> bool {
    text.contains(['<', '>'])
        || MARKS.iter().any(|mark| text.to_ascii_lowercase().contains(mark))
        || text.split('&').skip(1).any(begins_with_character_reference)
}

/// `amp;`, `#60;` or `#x3c;`, behind its `&`.
fn begins_with_character_reference(rest: &str) -> bool {
    rest.split_once(';').is_some_and(|(name, _)| {
        let is_named = name.len() > 1 && name.bytes().all(|b| b.is_ascii_alphanumeric());
        is_named || name.starts_with('#')
    })
}
