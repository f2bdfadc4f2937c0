use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Maximum characters of a name or title.
pub const MAX_CHARACTERS: usize = 64;

/// Why a string is not accepted as a name or title. The messages say what to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// No visible character.
    #[error("must not be empty")]
    Empty,
    /// More than [`MAX_CHARACTERS`].
    #[error("must have at most {MAX_CHARACTERS} characters")]
    TooLong,
    /// A line break, another control character or an invisible direction mark.
    #[error("must be a single line without control characters or invisible direction marks")]
    Control,
    /// `<` or `>`.
    #[error("must not contain < or >")]
    Markup,
    /// Text that a mail program would turn into a link.
    #[error("must not contain a web or e-mail address (write a space after a dot inside a name)")]
    Link,
}

/// One line of text that is safe to show in a mail: NFC, trimmed, 1 to 64 characters, without control characters, direction
/// overrides, markup, and text that mail programs turn into links.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisplayText(String);

impl DisplayText {
    /// Parses and normalizes a string.
    pub fn parse(input: &str) -> Result<Self, TextError> {
        if input.chars().any(is_control) {
            return Err(TextError::Control);
        }
        let text: String = input.trim().nfc().collect();
        if !text.chars().any(is_visible) {
            return Err(TextError::Empty);
        }
        if text.chars().count() > MAX_CHARACTERS {
            return Err(TextError::TooLong);
        }
        if text.contains(['<', '>']) {
            return Err(TextError::Markup);
        }
        if looks_like_link(&text) {
            return Err(TextError::Link);
        }
        Ok(Self(text))
    }

    /// Wraps a stored text. The check is weaker than [`DisplayText::parse`], so that rows stay readable when the rules become
    /// stricter. Returns `None` if the text is not one line.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        let valid = !text.trim().is_empty() && !text.chars().any(is_control);
        valid.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for DisplayText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// C0, DEL, C1, line and paragraph separators, direction marks and overrides, and characters without width. The joiners U+200C
/// and U+200D are allowed, because Persian and Indic names need them.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether a reader sees the character. U+2800 is a blank.
fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !is_ignorable(c) && c != '\u{2800}'
}

/// Unicode's default ignorable characters: joiners, variation selectors, fillers. They are invisible inside an address, and
/// programs that look for addresses skip them.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Schemes that mail programs turn into links without slashes.
const SCHEMES: [&str; 7] = ["http", "https", "mailto", "tel", "ftp", "javascript", "data"];

/// A scheme, `www.`, an `@` between two words, a host name or an IPv4 address.
fn looks_like_link(text: &str) -> bool {
    let plain: String = skeleton(text).collect();
    let letters: Vec<char> = plain.chars().collect();
    plain.contains("://")
        || plain.contains("www.")
        || letters.windows(3).any(|w| matches!(w, [a, '@', b] if a.is_alphanumeric() && b.is_alphanumeric()))
        || SCHEMES.iter().any(|scheme| has_scheme(&plain, scheme))
        || plain.split(|c: char| c != '.' && !c.is_alphanumeric()).any(has_host)
}

/// The text as a program that looks for addresses may read it: NFKC (which maps every dot except the ideographic ones), lower
/// case, without ignorable characters and combining marks.
fn skeleton(text: &str) -> impl Iterator<Item = char> {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|&c| !is_ignorable(c) && (c.is_alphanumeric() || !is_combining_mark(c)))
        .map(|c| if is_dot(c) { '.' } else { c })
}

/// Whether browsers or readers treat the character as a dot.
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{2024}' | '\u{3002}' | '\u{FE52}' | '\u{FF0E}' | '\u{FF61}')
}

/// `scheme:` as a word, directly followed by a visible character.
fn has_scheme(plain: &str, scheme: &str) -> bool {
    plain.match_indices(scheme).any(|(start, _)| {
        let (before, found) = plain.split_at(start);
        let behind = found.strip_prefix(scheme).and_then(|rest| rest.strip_prefix(':'));
        !before.ends_with(char::is_alphanumeric)
            && behind.is_some_and(|rest| rest.starts_with(|c: char| !c.is_whitespace()))
    })
}

/// A host name or an IPv4 address in a run of letters, digits and dots.
fn has_host(run: &str) -> bool {
    let words: Vec<&str> = run.split('.').collect();
    words.windows(2).any(|w| matches!(w, [host, top] if !host.is_empty() && is_top_level(top)))
        || words.windows(4).any(|w| {
            matches!(w, [a, b, c, d] if a.ends_with(char::is_numeric) && is_number(b) && is_number(c)
                && d.starts_with(char::is_numeric))
        })
}

/// At least two characters, and at least one letter.
fn is_top_level(word: &str) -> bool {
    word.chars().nth(1).is_some() && word.contains(char::is_alphabetic)
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.chars().all(char::is_numeric)
}
