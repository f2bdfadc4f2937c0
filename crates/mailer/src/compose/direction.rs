/// Opens a stretch whose direction is its own affair (FIRST STRONG ISOLATE).
const OPEN: char = '\u{2068}';
/// Closes it (POP DIRECTIONAL ISOLATE).
const CLOSE: char = '\u{2069}';

/// Keeps a name that is written from right to left from reordering the sentence around it (Unicode, UAX 9).
///
/// Other names are left alone: the two marks are invisible, but a mail in plain ASCII needs no encoding. The HTML part
/// says the same by `<bdi>`.
pub(super) fn isolated(text: &str) -> String {
    if text.chars().any(is_right_to_left) { format!("{OPEN}{text}{CLOSE}") } else { text.to_owned() }
}

/// The blocks of scripts that run from right to left: Hebrew to Arabic Extended-A, the presentation forms, and the
/// two ranges of the supplementary plane.
fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}
