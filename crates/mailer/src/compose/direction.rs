/// FIRST STRONG ISOLATE: the text up to [`CLOSE`] has its own direction.
const OPEN: char = '\u{2068}';
/// POP DIRECTIONAL ISOLATE.
const CLOSE: char = '\u{2069}';

/// Isolates a right-to-left name, so that it does not reorder the sentence around it (Unicode, UAX 9).
///
/// Other names stay unchanged, because a mail in plain ASCII needs no encoding. The HTML part uses `<bdi>` instead.
pub(super) fn isolated(text: &str) -> String {
    if text.chars().any(is_right_to_left) { format!("{OPEN}{text}{CLOSE}") } else { text.to_owned() }
}

/// Whether the character is in a block of right-to-left scripts: Hebrew to Arabic Extended-A, the presentation forms, and the
/// two ranges of the supplementary plane.
fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}
