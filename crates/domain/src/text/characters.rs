//! Classes of characters.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// C0, DEL, C1, line and paragraph separators, direction marks and overrides, and characters without width. The joiners U+200C
/// and U+200D are allowed, because Persian and Indic names need them.
pub(super) fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether a reader sees the character. U+2800 is a blank.
pub(super) fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !is_ignorable(c) && c != '\u{2800}'
}

/// Unicode's default ignorable characters: joiners, variation selectors, fillers. They are invisible inside an address, and
/// programs that look for addresses skip them.
pub(crate) fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Unicode's currency symbols (general category Sc).
pub(super) fn is_currency_sign(c: char) -> bool {
    matches!(c,
        '$' | '\u{A2}'..='\u{A5}' | '\u{58F}' | '\u{60B}' | '\u{7FE}' | '\u{7FF}' | '\u{9F2}' | '\u{9F3}' | '\u{9FB}'
        | '\u{AF1}' | '\u{BF9}' | '\u{E3F}' | '\u{17DB}' | '\u{20A0}'..='\u{20CF}' | '\u{A838}' | '\u{FDFC}'
        | '\u{FE69}' | '\u{FF04}' | '\u{FFE0}' | '\u{FFE1}' | '\u{FFE5}' | '\u{FFE6}' | '\u{11FDD}'..='\u{11FE0}'
        | '\u{1E2FF}' | '\u{1ECB0}')
}

/// The text as a program that looks for addresses may read it: NFKC (which maps every dot except the ideographic ones), lower
/// case, without ignorable characters and combining marks.
pub(super) fn skeleton(text: &str) -> impl Iterator<Item = char> {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|&c| !is_ignorable(c) && (c.is_alphanumeric() || !is_combining_mark(c)))
        .map(|c| if is_dot(c) { '.' } else { c })
}

/// Whether browsers or readers treat the character as a dot.
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{2024}' | '\u{3002}' | '\u{FE52}' | '\u{FF0E}' | '\u{FF61}')
}
