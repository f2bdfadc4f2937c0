use unicode_normalization::UnicodeNormalization as _;

/// Most visible characters that a name or title may have.
pub const MAX_CHARACTERS: usize = 64;

/// Why a text cannot be a name or a title. The messages say what to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
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
    /// Something that a mail program would turn into a link.
    #[error("must not contain a web or e-mail address (write a space after a dot inside a name)")]
    Link,
}

/// One line of text that is safe to show in a mail: NFC, trimmed, 1 to 64 characters, no control characters, no
/// direction overrides, no markup, nothing that mail programs would make a link of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisplayText(String);

impl DisplayText {
    /// Checks and normalises a text that a caller sent.
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

    /// Takes back what was stored after [`DisplayText::parse`] had accepted it: rules that have become stricter since
    /// must not make a stored row unreadable. `None` for what was never one line of text.
    #[must_use]
    pub fn from_stored(text: String) -> Option<Self> {
        let sound = text.chars().any(is_visible) && !text.chars().any(is_control);
        sound.then_some(Self(text))
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

/// C0, DEL, C1, line and paragraph separators, direction marks and overrides, and characters without any width. The
/// joiners U+200C and U+200D stay allowed: Persian and Indic names need them.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '\u{200C}' | '\u{200D}')
}

/// A scheme, `www.`, an `@` between two words, or `word.word` whose last part has at least two letters. Other
/// characters that browsers read as a dot count as one.
fn looks_like_link(text: &str) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().map(plain_dot).collect();
    let plain: String = text.iter().collect();
    plain.contains("://")
        || plain.contains("www.")
        || text.windows(3).any(|w| matches!(w, [a, '@', b] if a.is_alphanumeric() && b.is_alphanumeric()))
        || text.windows(4).any(
            |w| matches!(w, [a, '.', b, c] if a.is_alphanumeric() && b.is_alphabetic() && c.is_alphabetic()),
        )
}

fn plain_dot(c: char) -> char {
    match c {
        '\u{3002}' | '\u{FF0E}' | '\u{FF61}' | '\u{2024}' => '.',
        other => other,
    }
}
